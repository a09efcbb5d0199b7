#include "accounts/connect_exchange.hpp"

#include <algorithm>

namespace postato::accounts {
namespace {

bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

const char* codeOf(sdk::ErrorKind kind) {
    switch (kind) {
        case sdk::ErrorKind::InvalidGrant:
            return "connect_expired";  // the code was used or stale
        case sdk::ErrorKind::Misconfigured:
            return "app_misconfigured";
        case sdk::ErrorKind::ScopeMissing:
            return "scope_missing";
        case sdk::ErrorKind::NoPublishableAccount:
            return "no_publishable_account";
        case sdk::ErrorKind::Transient:
        case sdk::ErrorKind::RateLimited:
        case sdk::ErrorKind::TooEarly:
        case sdk::ErrorKind::Ambiguous:
            return "platform_unavailable";
        case sdk::ErrorKind::AccountSuspended:
        case sdk::ErrorKind::Unsupported:
        case sdk::ErrorKind::Protocol:
            break;
    }
    return "platform_error";
}

void fail(ExchangedGrant& grant, const sdk::PlatformError& error) {
    grant.failure_code = codeOf(error.kind);
    grant.diagnostic = error.code + ": " + error.message;
}

/// "name (meaning), ..." of the required scopes that were asked for and not granted.
std::string missingScopes(const sdk::Traits& traits, const std::vector<std::string>& requested,
                          const std::vector<std::string>& granted) {
    std::string missing;
    for (const auto& scope : traits.scopes) {
        if (!scope.required || !contains(requested, scope.name) || contains(granted, scope.name))
            continue;
        if (!missing.empty()) missing += ", ";
        missing += scope.name + " (" + scope.meaning + ")";
    }
    return missing;
}

}  // namespace

ExchangedGrant exchangeAndIdentify(const platforms::GuardedPlatform& platform,
                                   sdk::HttpClient& token_http, sdk::HttpClient& http,
                                   const sdk::CodeExchange& exchange) {
    ExchangedGrant grant;
    auto exchanged = platform.exchangeCode(token_http, exchange);
    if (!exchanged.ok()) {
        fail(grant, exchanged.error());
        return grant;
    }
    grant.credentials = std::move(exchanged.value());

    // RFC 6749 5.1: an answer without `scope` grants what was asked.
    grant.scopes_granted = !grant.credentials.scopes.empty()
                               ? grant.credentials.scopes
                               : exchange.granted_scopes_hint.value_or(exchange.requested_scopes);
    const auto missing =
        missingScopes(platform.traits(), exchange.requested_scopes, grant.scopes_granted);

    auto identified = platform.identify(http, grant.credentials);
    if (identified.ok()) grant.identities = std::move(identified.value());
    // A missing scope is the better explanation, also where it is why nobody could be identified.
    if (!missing.empty()) {
        grant.failure_code = "scope_missing";
        grant.failure_detail = missing;
        grant.diagnostic = "a required scope was not granted";
    } else if (!identified.ok()) {
        fail(grant, identified.error());
    } else if (grant.identities.empty()) {
        grant.failure_code = "no_publishable_account";
        grant.diagnostic = "the platform named no identity";
    }
    return grant;
}

}  // namespace postato::accounts
