// YouTube. Scopes, set-up, quirks and sources stand in README.md beside this file.

#include "postato/oauth2/platform.hpp"

namespace postato::youtube {
namespace {

using oauth2::Json;
using oauth2::Refusal;
using oauth2::Step;
using sdk::ErrorKind;

constexpr char kUpload[] = "https://www.googleapis.com/auth/youtube.upload";
constexpr char kReadOnly[] = "https://www.googleapis.com/auth/youtube.readonly";

oauth2::Profile youtubeProfile() {
    oauth2::Profile youtube;
    youtube.traits.display_name = "YouTube";
    youtube.traits.scopes = {
        {kUpload, "upload videos to your channel", true},
        {kReadOnly, "see which channel is yours", true},
    };
    youtube.traits.capabilities = {{"publish.video", {kUpload}}};
    youtube.traits.pkce = sdk::PkceMethod::S256;
    youtube.traits.rotation = sdk::Rotation::None;
    youtube.traits.revocation_reach = sdk::RevocationReach::Grant;
    youtube.traits.grant_family = "google";
    youtube.traits.refresh_lead = std::chrono::minutes(5);
    youtube.traits.fallback_access_lifetime = std::chrono::hours(1);
    youtube.traits.forces_account_choice = true;
    // Sent by now, but not announced in the metadata, so it may be absent.
    youtube.traits.issuer = "https://accounts.google.com";
    youtube.endpoints = {"https://accounts.google.com/o/oauth2/v2/auth",
                         "https://oauth2.googleapis.com/token",
                         "https://oauth2.googleapis.com/revoke", "https://www.googleapis.com"};
    // `consent` brings a refresh token every time, `select_account` the account chooser. Not
    // `include_granted_scopes`: older scopes of the person would confuse the scope check.
    youtube.authorization_extras = {{"access_type", "offline"},
                                    {"prompt", "consent select_account"}};
    youtube.revoked_token = oauth2::RevokedToken::RefreshOrAccess;
    youtube.identity_path = "/youtube/v3/channels?part=snippet&mine=true&maxResults=50";
    youtube.identity_scopes = {kReadOnly};
    return youtube;
}

class YouTubePlatform final : public oauth2::OAuth2Platform {
public:
    explicit YouTubePlatform(const sdk::PlatformConfig& config)
        : OAuth2Platform(youtubeProfile(), config) {}

protected:
    /// The token says enough: Google's endpoint asks for no client authentication.
    sdk::HttpRequest revocationRequest(const sdk::Secret& token, const char*) const override {
        sdk::HttpRequest request;
        request.method = "POST";
        request.url = endpoints().revocation;
        request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                           {"Accept", "application/json"}};
        request.body = oauth2::formEncode({{"token", std::string(token.reveal())}});
        return request;
    }

    /// API errors name their cause in `error.errors[].reason`. The token endpoint keeps to the RFC:
    /// `invalid_grant` decides alone, as its description shrinks to "Bad Request" after some hours.
    sdk::PlatformError explain(const Refusal& refusal) const override {
        const Json error = refusal.body.get("error");
        if (refusal.step != Step::Identify || !error.isObject())
            return OAuth2Platform::explain(refusal);
        const std::string reason = error.get("errors").at(0).get("reason").text();
        const std::string status = std::to_string(refusal.response.status);
        if (reason == "youtubeSignupRequired") return noChannel();
        if (reason == "insufficientPermissions")
            return fail(ErrorKind::ScopeMissing, refusal.step, status + "/insufficientPermissions");
        if (reason == "quotaExceeded" || reason == "rateLimitExceeded")
            return fail(ErrorKind::RateLimited, refusal.step, status + "/" + reason);
        return fail(ErrorKind::Protocol, refusal.step, status);
    }

    sdk::Result<std::vector<sdk::Identity>> readIdentities(const Json& body,
                                                           const sdk::Credentials&) const override {
        const Json items = body.get("items");
        const bool is_channel_list = body.get("kind").text() == "youtube#channelListResponse" ||
                                     items.isArray() || body.get("pageInfo").isObject();
        if (!is_channel_list) return fail(ErrorKind::Protocol, Step::Identify, "items");
        std::vector<sdk::Identity> channels;
        for (std::size_t i = 0; i < items.size(); ++i) {
            const Json snippet = items.at(i).get("snippet");
            sdk::Identity channel;
            channel.id = items.at(i).get("id").text();
            if (channel.id.empty()) return fail(ErrorKind::Protocol, Step::Identify, "items.id");
            channel.username = snippet.get("customUrl").text();
            channel.display_name = snippet.get("title").text();
            channel.avatar_url = snippet.get("thumbnails").get("default").get("url").text();
            channel.profile_url =
                "https://www.youtube.com/channel/" + oauth2::percentEncode(channel.id);
            channel.kind = "channel";
            channels.push_back(std::move(channel));
        }
        if (channels.empty()) return noChannel();
        return channels;
    }

private:
    sdk::PlatformError noChannel() const {
        auto error = fail(ErrorKind::NoPublishableAccount, Step::Identify, "no_channel");
        error.message =
            "YouTube: this Google account has no channel. Create one at youtube.com, or choose "
            "another account, and connect again.";
        return error;
    }
};

}  // namespace
}  // namespace postato::youtube

POSTATO_PLUGIN("youtube", "YouTube", "0.1.0", nullptr, postato::youtube::YouTubePlatform);
