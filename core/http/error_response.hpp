#pragma once

/// \file
/// The one place that knows how a failure looks on the wire: HTTP status and stable code for each
/// ErrorCode, and the JSON envelope `{error, message, details?, ..., requestId}`.

#include <array>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "util/error.hpp"

namespace postato::http {

struct ErrorRow {
    ErrorCode code;
    int status;
    std::string_view name;  ///< what clients branch on, together with the status
};

inline constexpr std::array kErrorTable = {
    ErrorRow{ErrorCode::InvalidArgument, 400, "INVALID_REQUEST"},
    ErrorRow{ErrorCode::Unauthenticated, 401, "unauthorized"},
    ErrorRow{ErrorCode::PermissionDenied, 403, "permission_denied"},
    ErrorRow{ErrorCode::WorkspaceRequired, 403, "workspace_required"},
    ErrorRow{ErrorCode::NotFound, 404, "not_found"},
    ErrorRow{ErrorCode::Conflict, 409, "conflict"},
    ErrorRow{ErrorCode::Unprocessable, 422, "VALIDATION_FAILED"},
    ErrorRow{ErrorCode::RateLimited, 429, "rate_limited"},
    ErrorRow{ErrorCode::AccountNotUsable, 422, "VALIDATION_FAILED"},
    ErrorRow{ErrorCode::PlatformMisconfigured, 503, "unavailable"},
    ErrorRow{ErrorCode::PlatformUnavailable, 502, "bad_gateway"},
    ErrorRow{ErrorCode::Unavailable, 503, "unavailable"},
    ErrorRow{ErrorCode::DecryptFailed, 500, "internal_error"},
    ErrorRow{ErrorCode::Internal, 500, "internal_error"},
};

/// The row of a code; the row of Internal for a number that is no ErrorCode.
const ErrorRow& errorRow(ErrorCode code);

/// Carries the error's public text only; its detail belongs to the log.
Response toResponse(const Error& error, std::string_view request_id);

/// The same envelope for what HTTP itself has to say, such as 404, 405, 408, 413, 414, 415, 431,
/// 501: with a stable code and a text of our own. 405 carries an Allow of every method that is ever
/// served, to be replaced where the route knows better; 503 a Retry-After of one second.
Response statusResponse(int status, std::string_view request_id);

}  // namespace postato::http
