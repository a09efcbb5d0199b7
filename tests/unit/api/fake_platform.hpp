#pragma once

/// \file
/// A platform that lives in memory: it consents to anything and knows what it was asked.

#include <atomic>

#include "postato/sdk/platform.hpp"

namespace postato::api::testing {

/// The callback's `code` is the person's name; `identities` are what that person can publish to.
/// Tokens carry the canary, so that a test can look for them wherever they must not be.
class FakePlatform final : public sdk::Platform {
public:
    static constexpr const char* kTokenCanary = "canary-token-";
    static constexpr const char* kAuthorizationOrigin = "https://platform.example";

    FakePlatform() {
        traits_.display_name = "Fakebook";
        traits_.scopes = {{"read", "see your name", true},
                          {"write", "publish in your name", false}};
        traits_.capabilities = {{"publish.text", {"write"}}};
        traits_.revocation_reach = sdk::RevocationReach::Token;
        traits_.grant_family = "fakebook";
        traits_.issuer = "https://platform.example";
    }

    const sdk::Traits& traits() const noexcept override { return traits_; }

    std::string authorizationUrl(const sdk::AuthorizationRequest& request) const override {
        return std::string(kAuthorizationOrigin) + "/authorize?state=" + request.state;
    }

    sdk::CallbackOutcome parseCallback(const sdk::CallbackParameters& parameters) const override {
        sdk::CallbackOutcome outcome;
        for (const auto& [name, value] : parameters) {
            if (name == "code") {
                outcome.kind = sdk::CallbackOutcome::Kind::Code;
                outcome.code = sdk::Secret(value);
            }
            if (name == "error" && value == "access_denied")
                outcome.kind = sdk::CallbackOutcome::Kind::Denied;
        }
        return outcome;
    }

    sdk::Result<sdk::Credentials> exchangeCode(sdk::HttpClient&,
                                               const sdk::CodeExchange& exchange) const override {
        ++exchanges;
        sdk::Credentials credentials;
        credentials.subject = exchange.code.reveal();
        credentials.access_token = sdk::Secret(kTokenCanary + credentials.subject);
        credentials.refresh_token = sdk::Secret(kTokenCanary + std::string("refresh"));
        credentials.expires_in = std::chrono::hours(2);
        credentials.token_type = "Bearer";
        return credentials;
    }

    sdk::Result<sdk::Credentials> refresh(sdk::HttpClient&,
                                          const sdk::Credentials& credentials) const override {
        return credentials;
    }

    sdk::Result<sdk::Revocation> revoke(sdk::HttpClient&, const sdk::Credentials&) const override {
        return sdk::Revocation::Done;
    }

    /// "several" has two channels, everybody else is one person.
    sdk::Result<std::vector<sdk::Identity>> identify(
        sdk::HttpClient&, const sdk::Credentials& credentials) const override {
        const auto& who = credentials.subject;
        const auto identity = [](const std::string& id) {
            return sdk::Identity{.id = id, .username = "@" + id, .display_name = "<b>" + id};
        };
        if (who == "several")
            return std::vector<sdk::Identity>{identity("first"), identity("second")};
        return std::vector<sdk::Identity>{identity(who)};
    }

    mutable std::atomic<int> exchanges{0};

private:
    sdk::Traits traits_;
};

}  // namespace postato::api::testing
