#include "scripted_platform.hpp"

#include <algorithm>

namespace postato::accounts::testing {

using sdk::Credentials;
using sdk::Secret;

ScriptedPlatform::ScriptedPlatform() {
    facts.display_name = "Scripted";
    facts.scopes = {{"read", "see your name", true}, {"write", "publish in your name", true}};
    facts.rotation = sdk::Rotation::Strict;
    facts.revocation_reach = sdk::RevocationReach::Token;
    facts.grant_family = "scripted";
    facts.refresh_lead = std::chrono::minutes(10);
}

std::string ScriptedPlatform::authorizationUrl(const sdk::AuthorizationRequest& request) const {
    return "https://scripted.example/authorize?state=" + request.state;
}

sdk::CallbackOutcome ScriptedPlatform::parseCallback(
    const sdk::CallbackParameters& parameters) const {
    sdk::CallbackOutcome outcome;
    for (const auto& [name, value] : parameters) {
        if (name == "code") {
            outcome.kind = sdk::CallbackOutcome::Kind::Code;
            outcome.code = Secret(value);
        } else if (name == "error") {
            outcome.kind = value == "access_denied" ? sdk::CallbackOutcome::Kind::Denied
                                                    : sdk::CallbackOutcome::Kind::Failed;
        }
    }
    return outcome;
}

Credentials ScriptedPlatform::consented(const std::string& person) const {
    const auto serial = std::to_string(read([&] { return ++serial_; }));
    Credentials credentials;
    credentials.access_token = Secret("access-" + person + "-" + serial);
    if (gives_refresh_tokens)
        credentials.refresh_token = Secret("refresh-" + person + "-" + serial);
    credentials.expires_in = std::chrono::hours(2);
    credentials.token_type = "Bearer";
    credentials.subject = person;
    if (grants) credentials.scopes = *grants;
    return credentials;
}

sdk::Result<Credentials> ScriptedPlatform::exchangeCode(sdk::HttpClient&,
                                                        const sdk::CodeExchange& exchange) const {
    read([&] { return ++exchanges_; });
    return consented(std::string(exchange.code.reveal()));
}

sdk::Result<Credentials> ScriptedPlatform::refresh(sdk::HttpClient&,
                                                   const Credentials& credentials) const {
    const auto meanwhile = during_refresh;  // it may replace itself while it runs
    meanwhile();
    const std::lock_guard lock(mutex_);
    ++refreshes_;
    if (!refresh_errors_.empty()) {
        auto error = refresh_errors_.front();
        refresh_errors_.pop_front();
        return error;
    }
    const std::string token(credentials.refresh_token.reveal());
    if (std::find(spent_.begin(), spent_.end(), token) != spent_.end()) {
        ++reuses_;
        return errorOf(sdk::ErrorKind::InvalidGrant);
    }
    const auto serial = std::to_string(++serial_);
    Credentials fresh;
    fresh.access_token = Secret("access-" + credentials.subject + "-" + serial);
    if (answers_refresh_token) {
        spent_.push_back(token);
        fresh.refresh_token = Secret("refresh-" + credentials.subject + "-" + serial);
    }
    fresh.expires_in = std::chrono::hours(2);
    return fresh;
}

sdk::Result<sdk::Revocation> ScriptedPlatform::revoke(sdk::HttpClient&,
                                                      const Credentials& credentials) const {
    const std::lock_guard lock(mutex_);
    if (!revoke_errors_.empty()) {
        auto error = revoke_errors_.front();
        revoke_errors_.pop_front();
        return error;
    }
    revoked_.emplace_back(credentials.access_token.reveal());
    return sdk::Revocation::Done;
}

sdk::Result<std::vector<sdk::Identity>> ScriptedPlatform::identify(
    sdk::HttpClient&, const Credentials& credentials) const {
    const auto& who = credentials.subject;
    if (who == "nobody") return errorOf(sdk::ErrorKind::NoPublishableAccount);
    std::vector<sdk::Identity> identities;
    for (const auto* suffix : {"", "-second"}) {
        if (*suffix != '\0' && who != "several") continue;
        sdk::Identity identity;
        identity.id = who + suffix;
        identity.username = "@" + identity.id;
        identities.push_back(identity);
    }
    return identities;
}

void ScriptedPlatform::nextRefresh(sdk::PlatformError error) const {
    read([&] { return refresh_errors_.emplace_back(std::move(error)).code.size(); });
}

void ScriptedPlatform::nextRevoke(sdk::PlatformError error) const {
    read([&] { return revoke_errors_.emplace_back(std::move(error)).code.size(); });
}

sdk::PlatformError errorOf(sdk::ErrorKind kind, sdk::GrantEnd end) {
    sdk::PlatformError error;
    error.kind = kind;
    error.code = "scripted_" + std::to_string(static_cast<int>(kind));
    error.message = "Scripted failure";
    error.grant_end = end;
    return error;
}

}  // namespace postato::accounts::testing
