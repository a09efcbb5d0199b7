#include "http/error_response.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace postato::http {
namespace {

struct StatusRow {
    int status;
    std::string_view name;
    std::string_view message;
};

constexpr StatusRow kInternal = {500, "internal_error", "An internal error occurred"};
constexpr std::array kStatusTable = {
    StatusRow{400, "INVALID_REQUEST", "The request is not valid HTTP"},
    StatusRow{404, "not_found", "Not found"},
    StatusRow{405, "method_not_allowed", "This method is not allowed here"},
    StatusRow{408, "timeout", "The request did not arrive in time"},
    StatusRow{411, "length_required", "A body needs a Content-Length"},
    StatusRow{413, "payload_too_large", "The request body is too large"},
    StatusRow{414, "uri_too_long", "The request target is too long"},
    StatusRow{415, "unsupported_media_type", "The body must be application/json"},
    StatusRow{417, "expectation_failed", "The expectation cannot be met"},
    StatusRow{431, "headers_too_large", "The request headers are too large"},
    kInternal,
    StatusRow{501, "not_implemented", "This method is not implemented"},
    StatusRow{503, "unavailable", "The service is busy; try again shortly"},
    StatusRow{505, "http_version_not_supported", "Only HTTP/1.0 and HTTP/1.1 are spoken here"},
};

Response answer(int status, const nlohmann::json& body) {
    auto response = Response::json(status, body);
    response.setHeader("cache-control", "no-store");
    response.setHeader("x-content-type-options", "nosniff");
    return response;
}

nlohmann::json envelope(std::string_view name, std::string_view message,
                        std::string_view request_id) {
    return {{"error", name}, {"message", message}, {"requestId", request_id}};
}

/// [{field, message}] for each problem (VALIDATION_FAILED).
nlohmann::json problemList(const Error& error) {
    auto problems = nlohmann::json::array();
    for (const auto& [field, texts] : error.fields)
        for (const auto& text : texts) problems.push_back({{"field", field}, {"message", text}});
    return problems;
}

void addParts(nlohmann::json& body, const Error& error, int status) {
    if (status == 422)
        body["errors"] = problemList(error);
    else if (!error.fields.empty())
        body["details"] = error.fields;
    if (error.code() == ErrorCode::PermissionDenied) {
        body["required"] = error.required;
        body["granted"] = error.granted;
    }
    if (error.code() == ErrorCode::RateLimited && error.retry_after)
        body["details"]["retryAfter"] = error.retry_after->count();
}

}  // namespace

const ErrorRow& errorRow(ErrorCode code) {
    const auto at = std::find_if(kErrorTable.begin(), kErrorTable.end(),
                                 [&](const ErrorRow& row) { return row.code == code; });
    return at == kErrorTable.end() ? kErrorTable.back() : *at;
}

Response toResponse(const Error& error, std::string_view request_id) {
    const auto& row = errorRow(error.code());
    auto body = envelope(row.name, error.message(), request_id);
    addParts(body, error, row.status);
    auto response = answer(row.status, body);
    if (row.status == 401) response.setHeader("www-authenticate", "Bearer");
    if (error.retry_after)
        response.setHeader("retry-after", std::to_string(error.retry_after->count()));
    return response;
}

Response statusResponse(int status, std::string_view request_id) {
    const auto at = std::find_if(kStatusTable.begin(), kStatusTable.end(),
                                 [&](const StatusRow& row) { return row.status == status; });
    const auto& row = at == kStatusTable.end() ? kInternal : *at;
    auto response = answer(row.status, envelope(row.name, row.message, request_id));
    if (row.status == 405) response.setHeader("allow", "GET, HEAD, POST, PUT, PATCH, DELETE");
    if (row.status == 503) response.setHeader("retry-after", "1");
    return response;
}

}  // namespace postato::http
