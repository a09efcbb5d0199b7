#include "instagram_login.hpp"

#include "postato/oauth2/scopes.hpp"

namespace postato::instagram {
namespace {

using oauth2::Json;
using oauth2::Step;
using sdk::ErrorKind;

oauth2::Profile loginProfile(const sdk::PlatformConfig& config) {
    const std::string api_base = baseAddress(config.api_base, "https://graph.instagram.com");
    const std::string version = apiVersion(config);
    oauth2::Profile instagram;
    instagram.traits.display_name = "Instagram";
    instagram.traits.scopes = {
        {"instagram_business_basic", "see your Instagram account and its posts", true},
        {"instagram_business_content_publish", "publish posts in your name", true},
    };
    instagram.further_scopes = {
        {"instagram_business_manage_comments", "manage comments", false},
        {"instagram_business_manage_messages", "manage messages", false},
        {"instagram_business_manage_insights", "read statistics", false},
    };
    instagram.traits.capabilities = {
        {"publish.image", {"instagram_business_content_publish"}},
        {"publish.video", {"instagram_business_content_publish"}},
    };
    instagram.traits.pkce = sdk::PkceMethod::None;
    instagram.traits.rotation = sdk::Rotation::Grace;
    instagram.traits.revocation_reach = sdk::RevocationReach::Grant;
    instagram.traits.grant_family = "instagram";
    instagram.traits.refresh_lead = std::chrono::hours(24 * 30);
    instagram.traits.fallback_access_lifetime = std::chrono::hours(24 * 60);
    instagram.traits.forces_account_choice = true;
    instagram.traits.code_lifetime = std::chrono::hours(1);
    instagram.endpoints = {"https://www.instagram.com/oauth/authorize",
                           "https://api.instagram.com/oauth/access_token",
                           api_base + "/" + version + "/me/permissions", api_base};
    instagram.scope_separator = ",";
    instagram.authorization_extras = {{"force_reauth", "true"}, {"enable_fb_login", "0"}};
    instagram.identity_path =
        "/" + version + "/me?fields=user_id,username,name,profile_picture_url,account_type";
    instagram.identity_scopes = {"instagram_business_basic"};
    return instagram;
}

/// Some answers are documented inside `data[]` and seen without it.
Json unwrapped(const Json& body) {
    return body.get("data").isArray() ? body.get("data").at(0) : body;
}

}  // namespace

InstagramLogin::InstagramLogin(const sdk::PlatformConfig& config)
    : GraphPlatform(loginProfile(config), config) {}

sdk::Result<sdk::Credentials> InstagramLogin::exchangeCode(
    sdk::HttpClient& http, const sdk::CodeExchange& exchange) const {
    const auto first =
        call(http, Step::Exchange, formRequest(endpoints().token, exchangeParameters(exchange)));
    if (!first) return first.error();
    const Json grant = unwrapped(first.value());
    const auto short_lived = readTokens(Step::Exchange, grant);
    if (!short_lived) return short_lived.error();

    const auto second =
        longLivedToken(http, std::string(short_lived.value().access_token.reveal()));
    if (!second) return second.error();
    auto credentials = readTokens(Step::Exchange, second.value());
    if (!credentials) return credentials.error();
    auto& scopes = credentials.value().scopes;
    scopes = oauth2::readScopes(grant.get("permissions"));
    if (scopes.empty()) scopes = oauth2::readScopes(second.value().get("permissions"));
    return credentials;
}

sdk::Result<Json> InstagramLogin::longLivedToken(sdk::HttpClient& http,
                                                 const std::string& short_lived_token) const {
    sdk::HttpRequest request;
    request.url = oauth2::withQuery(endpoints().api_base + "/access_token",
                                    {{"grant_type", "ig_exchange_token"},
                                     {"client_secret", std::string(clientSecret().reveal())},
                                     {"access_token", short_lived_token}});
    request.headers = {{"Accept", "application/json"}};
    auto answer = call(http, Step::Exchange, request);
    // The code is spent, but the short-lived token is not: asking twice saves a consent.
    const bool worth_repeating = !answer && (answer.error().kind == ErrorKind::Transient ||
                                             answer.error().kind == ErrorKind::Ambiguous);
    return worth_repeating ? call(http, Step::Exchange, request) : answer;
}

sdk::Result<sdk::Credentials> InstagramLogin::refresh(sdk::HttpClient& http,
                                                      const sdk::Credentials& credentials) const {
    sdk::HttpRequest request;
    request.url =
        oauth2::withQuery(endpoints().api_base + "/refresh_access_token",
                          {{"grant_type", "ig_refresh_token"},
                           {"access_token", std::string(credentials.access_token.reveal())}});
    request.headers = {{"Accept", "application/json"}};
    const auto body = call(http, Step::Refresh, request);
    if (!body) return body.error();
    auto fresh = readTokens(Step::Refresh, body.value());
    if (!fresh) return fresh.error();
    fresh.value().scopes = oauth2::readScopes(body.value().get("permissions"));
    return renewed(std::move(fresh.value()), credentials);
}

/// What Instagram says to a refresh within the first 24 hours is not documented. Our request
/// carries nothing but the token, so "invalid parameter" (100) can mean little else.
sdk::PlatformError InstagramLogin::explain(const oauth2::Refusal& refusal) const {
    auto error = GraphPlatform::explain(refusal);
    const bool says_early =
        error.code == "100" || oauth2::mentions(refusal.description, {"24 hours"});
    if (refusal.step != Step::Refresh || !says_early || error.kind == ErrorKind::InvalidGrant)
        return error;
    return fail(ErrorKind::TooEarly, refusal.step, error.code);
}

sdk::Result<std::vector<sdk::Identity>> InstagramLogin::readIdentities(
    const Json& body, const sdk::Credentials&) const {
    const Json account = unwrapped(body);
    sdk::Identity identity;
    // `id` is another number, good for this app only.
    identity.id = account.get("user_id").text();
    if (identity.id.empty()) return fail(ErrorKind::Protocol, Step::Identify, "user_id");
    const std::string type = account.get("account_type").text();
    if (type.empty() || type == "PERSONAL") {
        auto error = fail(ErrorKind::NoPublishableAccount, Step::Identify, "personal_account");
        error.message =
            "Instagram: this is a personal account, and apps may publish to professional ones "
            "only. Switch it to Business or Creator in Instagram's settings and connect again.";
        return error;
    }
    identity.username = account.get("username").text();
    identity.display_name = account.get("name").text();
    identity.avatar_url = account.get("profile_picture_url").text();
    if (!identity.username.empty())
        identity.profile_url =
            "https://www.instagram.com/" + oauth2::percentEncode(identity.username) + "/";
    identity.kind = type == "BUSINESS" ? "business" : "creator";
    return std::vector<sdk::Identity>{identity};
}

}  // namespace postato::instagram
