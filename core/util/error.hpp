#pragma once

/// \file
/// How a failure travels inside the host: a code that says what went wrong, a text for the caller
/// and another one for the log. HTTP statuses are given in http/, never here.

#include <chrono>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace postato {

enum class ErrorCode {
    InvalidArgument = 1,    ///< the request itself is wrong; `fields` may say where
    Unauthenticated,        ///< no valid caller
    PermissionDenied,       ///< a valid caller without the right; `required`, `granted`
    WorkspaceRequired,      ///< several workspaces reachable, none named
    NotFound,               ///< absent, or not visible to the caller: the two must look alike
    Conflict,               ///< the state does not allow it
    Unprocessable,          ///< understood, but the platform's rules forbid it
    RateLimited,            ///< too often; `retry_after`
    AccountNotUsable,       ///< the account must be reconnected first
    PlatformMisconfigured,  ///< the operator must act
    PlatformUnavailable,    ///< the platform did not answer usefully
    Unavailable,            ///< the database or another part of ours is away
    DecryptFailed,          ///< a sealed value did not open
    Internal                ///< a bug
};

/// Text that may reach the caller.
struct PublicMessage {
    std::string text;
};

/// Text for the log only. It may name ids and codes, never secrets.
struct InternalDetail {
    std::string text;
};

class Error : public std::exception {
public:
    Error(ErrorCode code, PublicMessage message, InternalDetail detail = {})
        : code_(code), message_(std::move(message)), detail_(std::move(detail)) {}

    ErrorCode code() const noexcept { return code_; }
    const std::string& message() const noexcept { return message_.text; }
    const std::string& detail() const noexcept { return detail_.text; }
    const char* what() const noexcept override { return message_.text.c_str(); }

    // Parts of the answer that some codes carry.
    std::map<std::string, std::vector<std::string>> fields;  ///< InvalidArgument: field -> problems
    std::string required;                                    ///< PermissionDenied
    std::vector<std::string> granted;                        ///< PermissionDenied
    std::optional<std::chrono::seconds> retry_after;         ///< RateLimited, Unavailable

private:
    ErrorCode code_;
    PublicMessage message_;
    InternalDetail detail_;
};

/// An InvalidArgument about one field.
inline Error invalidField(const std::string& field, const std::string& problem) {
    Error error(ErrorCode::InvalidArgument, PublicMessage{"The request is not valid"});
    error.fields[field].push_back(problem);
    return error;
}

inline Error notFound(const std::string& what) {
    return Error(ErrorCode::NotFound, PublicMessage{what + " not found"});
}

}  // namespace postato
