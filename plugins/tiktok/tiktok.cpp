// TikTok. Scopes, set-up, quirks and sources stand in README.md beside this file.

#include <stdexcept>

#include "postato/oauth2/platform.hpp"
#include "postato/oauth2/scopes.hpp"

namespace postato::tiktok {
namespace {

using oauth2::Json;
using oauth2::Refusal;
using oauth2::Step;
using sdk::ErrorKind;

constexpr const char* kOptionKeys[] = {"login_kit", nullptr};

constexpr int kRevocationTries = 3;

/// Login Kit for Desktop wants PKCE, with the challenge in hexadecimal; Login Kit for Web has none.
sdk::PkceMethod pkceFor(const sdk::PlatformConfig& config) {
    const auto option = config.options.find("login_kit");
    const std::string kit = option == config.options.end() ? "web" : option->second;
    if (kit != "web" && kit != "desktop")
        throw std::invalid_argument("TikTok's login_kit is neither 'web' nor 'desktop'");
    return kit == "desktop" ? sdk::PkceMethod::S256Hex : sdk::PkceMethod::None;
}

oauth2::Profile tiktokProfile(sdk::PkceMethod pkce) {
    oauth2::Profile tiktok;
    tiktok.traits.display_name = "TikTok";
    tiktok.traits.scopes = {
        {"video.upload", "put videos as drafts into your TikTok inbox", true},
        {"user.info.basic", "see your display name and picture", true},
    };
    tiktok.further_scopes = {{"user.info.profile", "see your @username", false}};
    tiktok.traits.capabilities = {{"publish.draft", {"video.upload"}}};
    tiktok.traits.pkce = pkce;
    tiktok.traits.rotation = sdk::Rotation::Strict;
    tiktok.traits.revocation_reach = sdk::RevocationReach::Grant;
    tiktok.traits.grant_family = "tiktok";
    tiktok.traits.refresh_lead = std::chrono::minutes(30);
    // The shorter of the two sets of lifetimes that TikTok's pages give.
    tiktok.traits.fallback_access_lifetime = std::chrono::hours(2);
    tiktok.traits.fallback_refresh_lifetime = std::chrono::hours(24 * 180);
    tiktok.traits.forces_account_choice = true;
    tiktok.endpoints = {
        "https://www.tiktok.com/v2/auth/authorize/", "https://open.tiktokapis.com/v2/oauth/token/",
        "https://open.tiktokapis.com/v2/oauth/revoke/", "https://open.tiktokapis.com"};
    tiktok.client_id_parameter = "client_key";
    tiktok.scope_separator = ",";
    tiktok.authorization_extras = {{"disable_auto_auth", "1"}};
    tiktok.token_headers = {{"Cache-Control", "no-cache"}};
    tiktok.revoked_token = oauth2::RevokedToken::Access;
    tiktok.identity_path = "/v2/user/info/";
    tiktok.identity_scopes = {"user.info.basic"};
    return tiktok;
}

class TikTokPlatform final : public oauth2::OAuth2Platform {
public:
    explicit TikTokPlatform(const sdk::PlatformConfig& config)
        : OAuth2Platform(tiktokProfile(pkceFor(config)), config) {}

    /// The granted scopes come with the code already. Older pages name the error `errCode`.
    sdk::CallbackOutcome parseCallback(const sdk::CallbackParameters& parameters) const override {
        sdk::CallbackParameters renamed = parameters;
        for (auto& parameter : renamed)
            if (parameter.first == "errCode") parameter.first = "error";
        auto outcome = OAuth2Platform::parseCallback(renamed);
        const std::string* scopes = oauth2::findParameter(parameters, "scopes");
        if (scopes != nullptr && outcome.kind == sdk::CallbackOutcome::Kind::Code)
            outcome.granted_scopes = oauth2::splitScopes(*scopes);
        return outcome;
    }

    /// Only a live access token can be revoked. When this one is not, the refresh token tells
    /// whether the grant is gone or just the access token has run out.
    sdk::Result<sdk::Revocation> revoke(sdk::HttpClient& http,
                                        const sdk::Credentials& credentials) const override {
        auto outcome = OAuth2Platform::revoke(http, credentials);
        const bool unknown_token = outcome && outcome.value() == sdk::Revocation::AlreadyGone;
        if (!unknown_token || credentials.refresh_token.empty()) return outcome;
        const auto fresh = refresh(http, credentials);
        if (fresh) return revokeFresh(http, fresh.value());
        if (fresh.error().kind == ErrorKind::InvalidGrant) return sdk::Revocation::AlreadyGone;
        if (fresh.error().kind == ErrorKind::Ambiguous) return halfWay();
        return fresh.error();
    }

    /// Asking for a field whose scope is missing fails the whole call, so the username is asked for
    /// only where it was granted.
    sdk::Result<std::vector<sdk::Identity>> identify(
        sdk::HttpClient& http, const sdk::Credentials& credentials) const override {
        if (auto missing = missingIdentityScope(credentials)) return *missing;
        std::string fields = "open_id,union_id,avatar_url,avatar_large_url,display_name";
        if (oauth2::containsScope(credentials.scopes, "user.info.profile")) fields += ",username";
        const auto url = endpoints().api_base + profile().identity_path + "?fields=" + fields;
        const auto body = call(http, Step::Identify, bearerRequest(url, credentials.access_token));
        if (!body) return body.error();
        return readIdentities(body.value(), credentials);
    }

private:
    /// Nobody keeps this token, so it is now or never.
    sdk::Result<sdk::Revocation> revokeFresh(sdk::HttpClient& http,
                                             const sdk::Credentials& fresh) const {
        for (int attempt = 1; attempt <= kRevocationTries; ++attempt)
            if (const auto outcome = OAuth2Platform::revoke(http, fresh)) return outcome;
        return halfWay();
    }

    /// The refresh token is spent and nothing was revoked. Another attempt would meet
    /// `invalid_grant` and take it for a grant that is gone; what is true is that we cannot revoke
    /// it any more.
    sdk::PlatformError halfWay() const {
        return fail(ErrorKind::Unsupported, Step::Revoke, "new_token_not_revoked");
    }

protected:
    sdk::HttpRequest revocationRequest(const sdk::Secret& token, const char*) const override {
        return formRequest(endpoints().revocation, {{"token", std::string(token.reveal())}});
    }

    /// OAuth errors come flat and often with status 200; API answers always carry an `error`
    /// object, whose code is `ok` on success. The base reads both forms.
    std::optional<Refusal> findRefusal(Step step, const sdk::HttpResponse& response,
                                       const Json& body) const override {
        auto refusal = OAuth2Platform::findRefusal(step, response, body);
        if (refusal && refusal->error == "ok" && response.status < 300) return std::nullopt;
        return refusal;
    }

    sdk::PlatformError explain(const Refusal& refusal) const override {
        const auto as = [&](ErrorKind kind) { return fail(kind, refusal.step, refusal.error); };
        if (refusal.error == "access_token_invalid" && refusal.step == Step::Revoke)
            return as(ErrorKind::InvalidGrant);
        if (refusal.error == "scope_permission_missed" || refusal.error == "scope_not_authorized")
            return as(ErrorKind::ScopeMissing);
        if (refusal.error == "rate_limit_exceeded") return as(ErrorKind::RateLimited);
        if (refusal.error == "internal_error") return as(ErrorKind::Transient);
        return OAuth2Platform::explain(refusal);
    }

    sdk::Result<std::vector<sdk::Identity>> readIdentities(const Json& body,
                                                           const sdk::Credentials&) const override {
        const Json user = body.get("data").get("user");
        sdk::Identity identity;
        identity.id = user.get("open_id").text();
        if (identity.id.empty()) return fail(ErrorKind::Protocol, Step::Identify, "open_id");
        const std::string username = user.get("username").text();
        if (!username.empty()) {
            identity.username = "@" + username;
            identity.profile_url = "https://www.tiktok.com/@" + oauth2::percentEncode(username);
        }
        identity.display_name = user.get("display_name").text();
        identity.avatar_url = user.get("avatar_large_url").text();
        if (identity.avatar_url.empty()) identity.avatar_url = user.get("avatar_url").text();
        identity.kind = "personal";
        return std::vector<sdk::Identity>{identity};
    }
};

}  // namespace
}  // namespace postato::tiktok

POSTATO_PLUGIN("tiktok", "TikTok", "0.1.0", postato::tiktok::kOptionKeys,
               postato::tiktok::TikTokPlatform);
