// LinkedIn. Scopes, set-up, quirks and sources stand in README.md beside this file.

#include <stdexcept>

#include "postato/oauth2/platform.hpp"
#include "postato/oauth2/scopes.hpp"

namespace postato::linkedin {
namespace {

using oauth2::Json;
using oauth2::Refusal;
using oauth2::Step;
using sdk::ErrorKind;

/// LinkedIn answers the first call after an exchange with 65601 at times.
constexpr int kIdentityTries = 3;
constexpr char kRevokedToken[] = "401/65601";
constexpr char kExpiredToken[] = "401/65602";

/// `openid` moves identity from /v2/me, which vetted apps only may call, to /v2/userinfo.
bool usesOpenId(const sdk::PlatformConfig& config) {
    const bool openid = oauth2::containsScope(config.scopes, "openid");
    if (!config.scopes.empty() && !openid &&
        !oauth2::containsScope(config.scopes, "r_basicprofile"))
        throw std::invalid_argument(
            "LinkedIn needs r_basicprofile, or openid and profile, among its scopes");
    return openid;
}

oauth2::Profile linkedInProfile(bool openid) {
    oauth2::Profile linkedin;
    linkedin.traits.display_name = "LinkedIn";
    linkedin.traits.scopes = {
        {"w_member_social", "publish posts in your name", true},
        {"r_basicprofile", "see your name, picture and headline", true},
    };
    linkedin.further_scopes = {
        {"openid", "know who you are", true},
        {"profile", "see your name and picture", true},
        {"email", "see your e-mail address", false},
    };
    linkedin.traits.capabilities = {
        {"publish.text", {"w_member_social"}},
        {"publish.image", {"w_member_social"}},
        {"publish.video", {"w_member_social"}},
    };
    linkedin.traits.pkce = sdk::PkceMethod::None;
    linkedin.traits.rotation = sdk::Rotation::None;
    linkedin.traits.revocation_reach = sdk::RevocationReach::Unknown;
    linkedin.traits.grant_family = "linkedin";
    linkedin.traits.refresh_lead = std::chrono::hours(24 * 7);
    linkedin.traits.fallback_access_lifetime = std::chrono::hours(24 * 60);
    linkedin.traits.code_lifetime = std::chrono::minutes(30);
    linkedin.endpoints = {"https://www.linkedin.com/oauth/v2/authorization",
                          "https://www.linkedin.com/oauth/v2/accessToken",
                          "https://www.linkedin.com/oauth/v2/revoke", "https://api.linkedin.com"};
    linkedin.denial_errors = {"user_cancelled_login", "user_cancelled_authorize", "access_denied"};
    linkedin.scope_errors = {"unauthorized_scope_error", "invalid_scope"};
    if (openid) {
        linkedin.identity_path = "/v2/userinfo";
        linkedin.identity_scopes = {"openid"};
    } else {
        linkedin.identity_path =
            "/v2/me?projection=(id,localizedFirstName,localizedLastName,vanityName,"
            "profilePicture(displayImage~:playableStreams))";
        linkedin.identity_scopes = {"r_basicprofile"};
    }
    return linkedin;
}

/// The widest of the pictures in /v2/me.
std::string widestPicture(const Json& person) {
    const Json elements = person.get("profilePicture").get("displayImage~").get("elements");
    std::string url;
    std::int64_t widest = -1;
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const Json element = elements.at(i);
        const auto width = element.get("data")
                               .get("com.linkedin.digitalmedia.mediaartifact.StillImage")
                               .get("storageSize")
                               .get("width")
                               .integer()
                               .value_or(0);
        const std::string identifier = element.get("identifiers").at(0).get("identifier").text();
        if (identifier.empty() || width <= widest) continue;
        widest = width;
        url = identifier;
    }
    return url;
}

class LinkedInPlatform final : public oauth2::OAuth2Platform {
public:
    explicit LinkedInPlatform(const sdk::PlatformConfig& config)
        : OAuth2Platform(linkedInProfile(usesOpenId(config)), config),
          openid_(usesOpenId(config)) {}

    /// The revocation endpoint is undocumented: should it vanish, that is not a failure to revoke.
    sdk::Result<sdk::Revocation> revoke(sdk::HttpClient& http,
                                        const sdk::Credentials& credentials) const override {
        auto outcome = OAuth2Platform::revoke(http, credentials);
        if (!outcome && outcome.error().code.compare(0, 3, "404") == 0)
            return fail(ErrorKind::Unsupported, Step::Revoke, "404");
        return outcome;
    }

    sdk::Result<std::vector<sdk::Identity>> identify(
        sdk::HttpClient& http, const sdk::Credentials& credentials) const override {
        auto found = OAuth2Platform::identify(http, credentials);
        for (int tries = 1; tries < kIdentityTries && rejected(found, kRevokedToken); ++tries)
            found = OAuth2Platform::identify(http, credentials);
        // Only where no refresh could bring a new access token is the end of this one the end.
        if (credentials.refreshable()) return found;
        if (!rejected(found, kRevokedToken) && !rejected(found, kExpiredToken)) return found;
        auto error = fail(ErrorKind::InvalidGrant, Step::Identify, found.error().code);
        if (error.code == kRevokedToken) error.grant_end = sdk::GrantEnd::UserRevoked;
        return error;
    }

protected:
    sdk::HttpRequest revocationRequest(const sdk::Secret& token, const char*) const override {
        return formRequest(endpoints().revocation, {{"token", std::string(token.reveal())}});
    }

    /// `invalid_request` covers mistakes of ours and dead grants alike; only the words differ.
    sdk::PlatformError explain(const Refusal& refusal) const override {
        if (refusal.step == Step::Identify) return explainServiceError(refusal);
        const bool vague =
            refusal.error == "invalid_request" || refusal.error == "invalid_redirect_uri";
        if (vague && isDead(refusal))
            return fail(ErrorKind::InvalidGrant, refusal.step, refusal.error);
        if (vague && oauth2::mentions(refusal.description, {"client_id", "client_secret"}))
            return fail(ErrorKind::Misconfigured, refusal.step, refusal.error);
        return OAuth2Platform::explain(refusal);
    }

    sdk::Result<std::vector<sdk::Identity>> readIdentities(
        const Json& body, const sdk::Credentials& credentials) const override {
        if (openid_) return OAuth2Platform::readIdentities(body, credentials);
        sdk::Identity identity;
        identity.id = body.get("id").text();
        if (identity.id.empty()) return fail(ErrorKind::Protocol, Step::Identify, "id");
        identity.username = body.get("vanityName").text();
        if (!identity.username.empty())
            identity.profile_url =
                "https://www.linkedin.com/in/" + oauth2::percentEncode(identity.username);
        const std::string first = body.get("localizedFirstName").text();
        const std::string last = body.get("localizedLastName").text();
        identity.display_name = first + (first.empty() || last.empty() ? "" : " ") + last;
        identity.avatar_url = widestPicture(body);
        identity.kind = "personal";
        return std::vector<sdk::Identity>{identity};
    }

private:
    static bool rejected(const sdk::Result<std::vector<sdk::Identity>>& found, const char* code) {
        return !found && found.error().code == code;
    }

    static bool isDead(const Refusal& refusal) {
        using oauth2::mentions;
        switch (refusal.step) {
            case Step::Exchange:
                return mentions(refusal.description, {"authorization code"});
            case Step::Refresh:
                return mentions(refusal.description,
                                {"expired", "revoked", "refresh token is invalid"});
            case Step::Revoke:
                return mentions(refusal.description, {"expired", "revoked", "invalid"});
            case Step::Identify:
                return false;
        }
        return false;
    }

    sdk::PlatformError explainServiceError(const Refusal& refusal) const {
        const int status = refusal.response.status;
        const std::string service_code = refusal.body.get("serviceErrorCode").text();
        std::string code = std::to_string(status);
        if (!service_code.empty()) code += "/" + oauth2::plainCode(service_code);
        const bool missing = status == 403 && service_code == "100";
        return fail(missing ? ErrorKind::ScopeMissing : ErrorKind::Protocol, refusal.step, code);
    }

    bool openid_;
};

}  // namespace
}  // namespace postato::linkedin

POSTATO_PLUGIN("linkedin", "LinkedIn", "0.1.0", nullptr, postato::linkedin::LinkedInPlatform);
