// X. Scopes, set-up, quirks and sources stand in README.md beside this file.

#include <algorithm>

#include "postato/oauth2/platform.hpp"

namespace postato::twitter {
namespace {

using oauth2::Json;
using oauth2::Refusal;
using oauth2::Step;
using sdk::ErrorKind;

oauth2::Profile xProfile() {
    oauth2::Profile x;
    x.traits.display_name = "X";
    x.traits.scopes = {
        {"tweet.read", "read posts", true},
        {"tweet.write", "publish and delete posts in your name", true},
        {"users.read", "see your profile", true},
        {"offline.access", "stay connected until you withdraw it", true},
    };
    x.further_scopes = {{"media.write", "upload images and videos", false}};
    x.traits.capabilities = {
        {"publish.text", {"tweet.write"}},
        {"publish.image", {"tweet.write", "media.write"}},
        {"publish.video", {"tweet.write", "media.write"}},
    };
    x.traits.pkce = sdk::PkceMethod::S256;
    x.traits.rotation = sdk::Rotation::Strict;
    x.traits.revocation_reach = sdk::RevocationReach::Token;
    x.traits.grant_family = "x";
    // A lost answer may wait twelve minutes for whoever has it, and one try is still in time.
    x.traits.refresh_lead = std::chrono::minutes(15);
    x.traits.fallback_access_lifetime = std::chrono::hours(2);
    x.traits.fallback_refresh_lifetime = std::chrono::hours(24 * 180);
    x.traits.code_lifetime = std::chrono::seconds(30);
    x.endpoints = {"https://x.com/i/oauth2/authorize", "https://api.x.com/2/oauth2/token",
                   "https://api.x.com/2/oauth2/revoke", "https://api.x.com"};
    // The documents want the id in the body from public clients only; the endpoint has been seen
    // to want it beside Basic as well. X's own SDK sends both.
    x.client_authentication = oauth2::ClientAuthentication::BasicAndIdInBody;
    x.revoked_token = oauth2::RevokedToken::Both;
    x.identity_path = "/2/users/me?user.fields=profile_image_url,username,name,verified";
    x.identity_scopes = {"tweet.read", "users.read"};
    return x;
}

class TwitterPlatform final : public oauth2::OAuth2Platform {
public:
    explicit TwitterPlatform(const sdk::PlatformConfig& config)
        : OAuth2Platform(xProfile(), config) {}

protected:
    /// The token endpoint says `invalid_request` where RFC 6749 has `invalid_grant`; only the words
    /// tell a dead token from a mistake of ours.
    sdk::PlatformError explain(const Refusal& refusal) const override {
        if (refusal.step == Step::Identify) return explainProblem(refusal);
        if (refusal.error == "invalid_request") {
            const bool dead_code =
                refusal.step == Step::Exchange &&
                oauth2::mentions(refusal.description,
                                 {"authorization code was invalid", "code verifier did not match"});
            const bool dead_token = refusal.step != Step::Exchange &&
                                    oauth2::mentions(refusal.description, {"token was invalid"});
            if (dead_code || dead_token)
                return fail(ErrorKind::InvalidGrant, refusal.step, "invalid_request");
        }
        return OAuth2Platform::explain(refusal);
    }

    /// `x-rate-limit-reset` is a Unix time; the answer's `Date` says how far away that is.
    std::optional<std::chrono::seconds> waitHint(const sdk::HttpResponse& response) const override {
        if (auto wait = OAuth2Platform::waitHint(response)) return wait;
        const auto* reset = sdk::findHeader(response.headers, "x-rate-limit-reset");
        const auto* date = sdk::findHeader(response.headers, "Date");
        if (reset == nullptr || date == nullptr) return std::nullopt;
        const auto parsed = Json::parse(*reset);
        const auto* number = std::get_if<Json>(&parsed);
        const auto until = number != nullptr ? number->integer() : std::nullopt;
        const auto now = oauth2::readHttpDate(*date);
        if (!until || !now) return std::nullopt;
        constexpr std::int64_t kDay = 24 * 3600;
        return std::chrono::seconds(std::clamp<std::int64_t>(*until - *now, 0, kDay));
    }

    sdk::Result<std::vector<sdk::Identity>> readIdentities(const Json& body,
                                                           const sdk::Credentials&) const override {
        const Json user = body.get("data");
        sdk::Identity identity;
        identity.id = user.get("id").text();
        if (identity.id.empty()) return fail(ErrorKind::Protocol, Step::Identify, "data.id");
        const std::string username = user.get("username").text();
        if (!username.empty()) {
            identity.username = "@" + username;
            identity.profile_url = "https://x.com/" + username;
        }
        identity.display_name = user.get("name").text();
        identity.avatar_url = user.get("profile_image_url").text();
        identity.kind = "personal";
        return std::vector<sdk::Identity>{identity};
    }

private:
    /// The API speaks RFC 9457 problems, not OAuth errors.
    sdk::PlatformError explainProblem(const Refusal& refusal) const {
        const int status = refusal.response.status;
        const std::string type = refusal.body.get("type").text();
        const std::string title = refusal.body.get("title").text();
        const std::string code = std::to_string(status);
        if (oauth2::mentions(type, {"usage-capped"}))
            return fail(ErrorKind::RateLimited, refusal.step, code + "/usage_capped");
        if (status == 402 || title == "CreditsDepleted")
            return fail(ErrorKind::Misconfigured, refusal.step, code + "/credits_depleted");
        if (oauth2::mentions(type, {"client-forbidden"}) || title == "Client Forbidden")
            return fail(ErrorKind::Misconfigured, refusal.step, code + "/client_forbidden");
        if (status == 403 &&
            oauth2::mentions(refusal.body.get("detail").text(), {"account is suspended"}))
            return fail(ErrorKind::AccountSuspended, refusal.step, code + "/suspended");
        if (status == 403) return fail(ErrorKind::ScopeMissing, refusal.step, code);
        return fail(ErrorKind::Protocol, refusal.step, code);
    }
};

}  // namespace
}  // namespace postato::twitter

POSTATO_PLUGIN("twitter", "X", "0.1.0", nullptr, postato::twitter::TwitterPlatform);
