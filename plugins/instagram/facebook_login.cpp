#include "facebook_login.hpp"

#include <algorithm>

#include "postato/oauth2/scopes.hpp"

namespace postato::instagram {
namespace {

using oauth2::Json;
using oauth2::Step;
using sdk::ErrorKind;

/// Nobody who consents by hand has more lists, and a loop in `paging.next` ends here.
constexpr int kMaxRequestsPerList = 10;
constexpr std::size_t kMaxBusinesses = 20;

constexpr char kPageFields[] =
    "id,name,instagram_business_account{id,name,username,profile_picture_url}";

oauth2::Profile facebookProfile(const sdk::PlatformConfig& config) {
    const std::string api_base = baseAddress(config.api_base, "https://graph.facebook.com");
    const std::string version = apiVersion(config);
    oauth2::Profile facebook;
    facebook.traits.display_name = "Instagram";
    facebook.traits.scopes = {
        {"instagram_basic", "see your Instagram accounts and their posts", true},
        {"instagram_content_publish", "publish posts in your name", true},
        {"pages_show_list", "see which Pages you manage", true},
        {"pages_read_engagement", "see which Instagram account a Page has", true},
        {"business_management", "also see Pages that belong to a business", false},
    };
    facebook.traits.capabilities = {
        {"publish.image", {"instagram_content_publish"}},
        {"publish.video", {"instagram_content_publish"}},
    };
    facebook.traits.pkce = sdk::PkceMethod::None;
    facebook.traits.rotation = sdk::Rotation::Grace;
    facebook.traits.revocation_reach = sdk::RevocationReach::Grant;
    facebook.traits.grant_family = "facebook";
    facebook.traits.refresh_lead = std::chrono::hours(24 * 30);
    facebook.endpoints = {"https://www.facebook.com/" + version + "/dialog/oauth",
                          api_base + "/" + version + "/oauth/access_token",
                          api_base + "/" + version + "/me/permissions", api_base};
    facebook.scope_separator = ",";
    facebook.identity_scopes = {"instagram_basic", "pages_show_list"};
    return facebook;
}

/// Scheme, host and port of an address.
std::string originOf(const std::string& url) {
    const auto host = url.find("://");
    return host == std::string::npos ? "" : url.substr(0, url.find('/', host + 3));
}

std::vector<std::string> grantedScopes(const Json& permissions) {
    std::vector<std::string> granted;
    const Json list = permissions.get("data");
    for (std::size_t i = 0; i < list.size(); ++i)
        if (list.at(i).get("status").text() == "granted")
            granted.push_back(list.at(i).get("permission").text());
    return granted;
}

sdk::HttpRequest plainGet(const std::string& url) {
    sdk::HttpRequest request;
    request.url = url;
    request.headers = {{"Accept", "application/json"}};
    return request;
}

/// The account behind a Page; none where the Page has no Instagram account.
std::optional<sdk::Identity> readAccount(const Json& page) {
    const Json account = page.get("instagram_business_account");
    sdk::Identity identity;
    identity.id = account.get("id").text();
    if (identity.id.empty()) return std::nullopt;
    identity.username = account.get("username").text();
    identity.display_name = account.get("name").text();
    if (identity.display_name.empty()) identity.display_name = identity.username;
    const std::string page_name = page.get("name").text();
    if (!page_name.empty()) identity.display_name += " (Page: " + page_name + ")";
    identity.avatar_url = account.get("profile_picture_url").text();
    if (!identity.username.empty())
        identity.profile_url =
            "https://www.instagram.com/" + oauth2::percentEncode(identity.username) + "/";
    identity.kind = "business";
    return identity;
}

}  // namespace

FacebookLogin::FacebookLogin(const sdk::PlatformConfig& config)
    : GraphPlatform(facebookProfile(config), config),
      api_version_(apiVersion(config)),
      config_id_(option(config, "config_id")) {}

std::string FacebookLogin::address(const std::string& path) const {
    return endpoints().api_base + "/" + api_version_ + path;
}

oauth2::Parameters FacebookLogin::authorizationParameters(
    const sdk::AuthorizationRequest& request) const {
    auto parameters = GraphPlatform::authorizationParameters(request);
    // Login for Business: the saved configuration names the permissions, so `scope` stays out.
    if (!config_id_.empty()) {
        for (auto& parameter : parameters)
            if (parameter.first == "scope") parameter = {"config_id", config_id_};
    }
    // Without it the dialog does not offer again what was refused before.
    if (request.reconnect) parameters.emplace_back("auth_type", "rerequest");
    return parameters;
}

sdk::Result<sdk::Credentials> FacebookLogin::exchangeCode(sdk::HttpClient& http,
                                                          const sdk::CodeExchange& exchange) const {
    const auto first =
        call(http, Step::Exchange,
             plainGet(oauth2::withQuery(endpoints().token,
                                        {{"client_id", clientId()},
                                         {"client_secret", std::string(clientSecret().reveal())},
                                         {"redirect_uri", exchange.redirect_uri},
                                         {"code", std::string(exchange.code.reveal())}})));
    if (!first) return first.error();
    const auto short_lived = readTokens(Step::Exchange, first.value());
    if (!short_lived) return short_lived.error();

    const auto second = longLivedToken(http, Step::Exchange, short_lived.value().access_token);
    if (!second) return second.error();
    auto tokens = readTokens(Step::Exchange, second.value());
    if (!tokens) return tokens.error();
    sdk::Credentials& credentials = tokens.value();

    const auto person = call(http, Step::Identify,
                             bearerRequest(address("/me?fields=id"), credentials.access_token));
    if (!person) return person.error();
    credentials.subject = person.value().get("id").text();
    if (credentials.subject.empty()) return fail(ErrorKind::Protocol, Step::Exchange, "id");

    const auto permissions = call(
        http, Step::Identify, bearerRequest(address("/me/permissions"), credentials.access_token));
    if (!permissions) return permissions.error();
    if (!permissions.value().get("data").isArray())
        return fail(ErrorKind::Protocol, Step::Exchange, "permissions");
    credentials.scopes = grantedScopes(permissions.value());
    return tokens;
}

sdk::Result<Json> FacebookLogin::longLivedToken(sdk::HttpClient& http, Step step,
                                                const sdk::Secret& token) const {
    return call(http, step,
                plainGet(oauth2::withQuery(endpoints().token,
                                           {{"grant_type", "fb_exchange_token"},
                                            {"client_id", clientId()},
                                            {"client_secret", std::string(clientSecret().reveal())},
                                            {"fb_exchange_token", std::string(token.reveal())}})));
}

sdk::Result<sdk::Credentials> FacebookLogin::refresh(sdk::HttpClient& http,
                                                     const sdk::Credentials& credentials) const {
    const auto body = longLivedToken(http, Step::Refresh, credentials.access_token);
    if (!body) return body.error();
    auto fresh = readTokens(Step::Refresh, body.value());
    if (!fresh) return fresh.error();
    return renewed(std::move(fresh.value()), credentials);
}

sdk::Result<std::vector<Json>> FacebookLogin::list(sdk::HttpClient& http, const std::string& path,
                                                   const std::string& fields,
                                                   const sdk::Secret& token) const {
    std::vector<Json> items;
    std::string url = oauth2::withQuery(address(path), {{"fields", fields}, {"limit", "100"}});
    for (int request = 0; request < kMaxRequestsPerList && !url.empty(); ++request) {
        const auto body = call(http, Step::Identify, bearerRequest(url, token));
        if (!body) return body.error();
        const Json data = body.value().get("data");
        if (!data.isArray()) return fail(ErrorKind::Protocol, Step::Identify, "data");
        for (std::size_t i = 0; i < data.size(); ++i) items.push_back(data.at(i));
        url = body.value().get("paging").get("next").text();
        // The token goes with the request, so an answer cannot send it elsewhere.
        if (!url.empty() && originOf(url) != originOf(endpoints().api_base))
            return fail(ErrorKind::Protocol, Step::Identify, "paging.next");
    }
    return items;
}

sdk::Result<std::vector<Json>> FacebookLogin::pages(sdk::HttpClient& http,
                                                    const sdk::Credentials& credentials) const {
    const auto& token = credentials.access_token;
    auto pages = list(http, "/me/accounts", kPageFields, token);
    // Since v17 that list leaves out Pages owned by a business.
    if (!pages || !oauth2::containsScope(credentials.scopes, "business_management")) return pages;
    const auto businesses = list(http, "/me/businesses", "id,name", token);
    if (!businesses) return businesses.error();
    const std::size_t count = std::min(businesses.value().size(), kMaxBusinesses);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string id = oauth2::percentEncode(businesses.value()[i].get("id").text());
        for (const char* edge : {"/owned_pages", "/client_pages"}) {
            const auto more = list(http, "/" + id + edge, kPageFields, token);
            if (!more) return more.error();
            pages.value().insert(pages.value().end(), more.value().begin(), more.value().end());
        }
    }
    return pages;
}

sdk::Result<std::vector<sdk::Identity>> FacebookLogin::identify(
    sdk::HttpClient& http, const sdk::Credentials& credentials) const {
    if (auto missing = missingIdentityScope(credentials)) return *missing;
    const auto found = pages(http, credentials);
    if (!found) return found.error();
    std::vector<sdk::Identity> accounts;
    for (const auto& page : found.value()) {
        auto account = readAccount(page);
        const bool known = account && std::any_of(accounts.begin(), accounts.end(),
                                                  [&](const sdk::Identity& other) {
                                                      return other.id == account->id;
                                                  });
        if (account && !known) accounts.push_back(std::move(*account));
    }
    if (!accounts.empty()) return accounts;
    auto error = fail(ErrorKind::NoPublishableAccount, Step::Identify, "no_instagram_account");
    error.message =
        "Instagram: none of the Facebook Pages that were allowed has an Instagram professional "
        "account. Link one in the Page's settings, allow that Page, and connect again.";
    return error;
}

}  // namespace postato::instagram
