#include "http/headers.hpp"

#include <algorithm>

#include "util/error.hpp"

namespace postato::http {
namespace {

// Only what an origin is made of: an origin that came with ';' or a space would add to the policy.
bool isOrigin(std::string_view text) {
    const auto authority = text.find("://");
    if (authority == std::string_view::npos || authority == 0) return false;
    const auto host = text.substr(authority + 3);
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
    }) && (text.starts_with("https://") || text.starts_with("http://"));
}

std::string contentSecurityPolicy(const PagePolicy& policy) {
    std::string text =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
        "connect-src 'self'; form-action 'self'";
    for (const auto& origin : policy.form_action_origins) {
        if (!isOrigin(origin))
            throw Error(ErrorCode::Internal, PublicMessage{"An internal error occurred"},
                        InternalDetail{"form-action refused: not an origin"});
        text.append(" ").append(origin);
    }
    return text.append("; frame-ancestors 'none'; base-uri 'none'");
}

}  // namespace

void SecurityHeaders::applyCommon(Response& response) const {
    response.setHeader("x-content-type-options", "nosniff");
    if (https_) response.setHeader("strict-transport-security", "max-age=31536000");
}

void SecurityHeaders::applyToApi(Response& response) const {
    applyCommon(response);
    response.setHeader("cache-control", "no-store");
    response.setHeader("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
}

void SecurityHeaders::applyToPage(Response& response, const PagePolicy& policy) const {
    applyCommon(response);
    response.setHeader("cache-control", "no-store");
    response.setHeader("content-security-policy", contentSecurityPolicy(policy));
    response.setHeader("referrer-policy", policy.referrer_policy);
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("x-frame-options", "DENY");
}

void SecurityHeaders::applyToAsset(Response& response) const {
    applyCommon(response);
    response.setHeader("cache-control", "public, max-age=300");
    response.setHeader("cross-origin-resource-policy", "same-origin");
}

}  // namespace postato::http
