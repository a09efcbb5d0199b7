#include "api/authentication.hpp"

#include "accounts/api_key_service.hpp"
#include "accounts/sign_in_service.hpp"
#include "api/services.hpp"
#include "http/cookies.hpp"
#include "http/query.hpp"
#include "util/encoding.hpp"

namespace postato::api {
namespace {

constexpr std::string_view kScheme = "bearer ";

Error unauthenticated(const char* why) {
    return Error(ErrorCode::Unauthenticated, PublicMessage{why});
}

Error peopleOnly(const persistence::ApiKey& key) {
    Error error(
        ErrorCode::PermissionDenied,
        PublicMessage{"Only a person in a browser can do this; an API key cannot. To have an "
                      "account connected, make a connect link"});
    error.required = "dashboard_session";
    error.granted = key.permissions;
    return error;
}

/// Addresses end up in logs and histories: a key there is refused, so that nobody gets used to it.
bool hasKeyInQuery(const http::Request& request) {
    const auto parameters = http::QueryParameters::parse(request.query);
    if (!parameters) return false;
    for (const auto& [name, value] : parameters->all())
        if (name == "api_key" || name == "access_token") return true;
    return false;
}

bool needsSession(Access access) {
    return access == Access::Session || access == Access::SessionForm ||
           access == Access::SessionPage || access == Access::Caller;
}

}  // namespace

Authenticator::Authenticator(Services& services)
    : services_(services), throttle_(services.clock, services.options.wrong_keys_per_minute) {}

Principal Authenticator::authenticate(Access access, const http::Request& request) {
    if (access == Access::Public) return Principal::nobody();
    if (access == Access::Caller && hasKeyInQuery(request))
        throw unauthenticated("An API key is accepted in the Authorization header only");
    if (const auto* authorization = request.header("authorization")) {
        auto caller = byKey(*authorization, request);
        if (access != Access::Caller) throw peopleOnly(*caller.apiKey());
        return caller;
    }
    if (access == Access::SignIn) return Principal::nobody();
    if (auto caller = bySession(request)) return std::move(*caller);
    if (needsSession(access)) throw unauthenticated("Sign in, or send an API key");
    return Principal::nobody();
}

Principal Authenticator::byKey(const std::string& authorization, const http::Request& request) {
    if (toLower(authorization.substr(0, kScheme.size())) == kScheme) {
        auto key =
            services_.api_keys.authenticate(std::string_view(authorization).substr(kScheme.size()));
        if (key) return Principal(std::move(*key));
    }
    if (const auto wait = throttle_.wrong(request.client_network)) {
        Error error(ErrorCode::RateLimited, PublicMessage{"Too many wrong API keys"});
        error.retry_after = *wait;
        throw error;
    }
    throw unauthenticated("The API key is not valid");
}

std::optional<Principal> Authenticator::bySession(const http::Request& request) {
    const auto token = http::cookie(request.header("cookie"), kSessionCookie);
    if (!token) return std::nullopt;
    auto current = services_.sign_in.current(*token);
    if (!current) return std::nullopt;
    return Principal(DashboardCaller{std::move(current->user), std::move(current->session_hash),
                                     accounts::SignInService::csrfToken(*token)});
}

}  // namespace postato::api
