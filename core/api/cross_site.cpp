#include "api/cross_site.hpp"

#include "api/request_context.hpp"
#include "util/encoding.hpp"

namespace postato::api {
namespace {

Error denied(const std::string& why) {
    Error error(ErrorCode::PermissionDenied, PublicMessage{why});
    error.required = "same_origin";
    return error;
}

bool postsForm(const Route& route, const http::Request& request) {
    if (route.access == Access::State) return true;
    return route.access == Access::SessionForm && mediaType(request) == kFormType;
}

void requireOwnOrigin(const http::Request& request, const std::string& public_origin) {
    const auto* origin = request.header("origin");
    if (origin != nullptr && *origin != public_origin)
        throw denied("This must come from Postato's own pages, at " + public_origin);
    const auto* site = request.header("sec-fetch-site");
    if (site != nullptr && *site != "same-origin")
        throw denied("This must come from Postato's own pages, at " + public_origin);
}

void requireToken(const Route& route, const http::Request& request, const DashboardCaller& person) {
    std::string presented;
    if (postsForm(route, request)) {
        const auto form = readForm(request);
        if (const auto* field = form.unique("csrf")) presented = *field;
    } else if (const auto* header = request.header("x-csrf-token")) {
        presented = *header;
    }
    if (!equalConstantTime(presented, person.csrf_token)) {
        auto error = denied("The CSRF token is missing or not this session's");
        error.required = "csrf_token";
        throw error;
    }
}

}  // namespace

bool isUnsafe(std::string_view method) { return method != "GET" && method != "HEAD"; }

bool acceptsBody(const Route& route, const http::Request& request) {
    const auto type = mediaType(request);
    if (type.empty()) return request.body.empty();
    if (postsForm(route, request)) return type == kFormType;
    return type == kJsonType;
}

void refuseCrossSite(const Route& route, const http::Request& request, const Principal& principal,
                     const std::string& public_origin) {
    if (principal.apiKey() != nullptr) return;
    requireOwnOrigin(request, public_origin);
    // Pages of a connect flow carry proofs of their own, which their handlers check.
    if (route.access == Access::State) return;
    if (const auto* person = principal.person()) requireToken(route, request, *person);
}

}  // namespace postato::api
