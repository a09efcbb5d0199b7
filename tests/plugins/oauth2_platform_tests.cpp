// The generic platform: how it asks, and how it judges answers.

#include <boost/test/unit_test.hpp>

#include "postato/oauth2/platform.hpp"
#include "support.hpp"

namespace postato::tests {
namespace {

using sdk::ErrorKind;

/// The base with nothing overridden.
class PlainPlatform final : public oauth2::OAuth2Platform {
public:
    PlainPlatform(oauth2::Profile profile, const sdk::PlatformConfig& config)
        : OAuth2Platform(std::move(profile), config) {}
};

oauth2::Profile plainProfile() {
    oauth2::Profile profile;
    profile.traits.display_name = "Plain";
    profile.traits.scopes = {{"read", "read things", true}};
    profile.endpoints = {"https://as.example/authorize", "https://as.example/token",
                         "https://as.example/revoke", "https://api.example"};
    profile.identity_path = "/userinfo";
    return profile;
}

PlainPlatform plain(oauth2::Profile profile = plainProfile()) {
    sdk::PlatformConfig config;
    config.client_id = "id";
    config.client_secret = sdk::Secret("se cret");
    return PlainPlatform(std::move(profile), config);
}

sdk::Result<sdk::Revocation> revokeWith(const sdk::Platform& platform, int status,
                                        const std::string& body) {
    FakeHttpClient http;
    http.answer(status, body).repeatLast();
    return platform.revoke(http, someCredentials());
}

BOOST_AUTO_TEST_SUITE(oauth2_platform_tests)

BOOST_AUTO_TEST_CASE(client_authentication_styles) {
    struct Expected {
        oauth2::ClientAuthentication style;
        bool header, id, secret;
    };
    for (const auto& expected :
         {Expected{oauth2::ClientAuthentication::Body, false, true, true},
          Expected{oauth2::ClientAuthentication::Basic, true, false, false},
          Expected{oauth2::ClientAuthentication::BasicAndIdInBody, true, true, false}}) {
        auto profile = plainProfile();
        profile.client_authentication = expected.style;
        const auto platform = plain(profile);
        FakeHttpClient http;
        http.answer(200, R"({"access_token":"a"})");
        BOOST_TEST(platform.exchangeCode(http, someExchange()).ok());
        const auto request = http.request(0);
        const auto form = sentForm(request.body);
        BOOST_TEST((sdk::findHeader(request.headers, "Authorization") != nullptr) ==
                   expected.header);
        BOOST_TEST((valueOf(form, "client_id") == "id") == expected.id);
        BOOST_TEST((valueOf(form, "client_secret") == "se cret") == expected.secret);
    }
}

BOOST_AUTO_TEST_CASE(configuration_replaces_addresses_and_scopes) {
    sdk::PlatformConfig config;
    config.authorization_endpoint = "https://other/authorize?tenant=1";
    config.token_endpoint = "https://other/token";
    config.revocation_endpoint = "https://other/revoke";
    config.api_base = "https://other/api/";
    config.scopes = {"read", "unheard_of"};
    const PlainPlatform platform(plainProfile(), config);
    BOOST_TEST(platform.authorizationUrl({}).find("https://other/authorize?tenant=1&") == 0u);
    BOOST_TEST_REQUIRE(platform.traits().scopes.size() == 2u);
    BOOST_TEST(platform.traits().scopes[0].required);
    BOOST_TEST(!platform.traits().scopes[1].required);

    FakeHttpClient http;
    http.answer(200, R"({"access_token":"a"})").answer(200, "").answer(200, "");
    http.answer(200, R"({"sub":"1"})");
    BOOST_TEST(platform.refresh(http, someCredentials()).ok());
    BOOST_TEST(platform.revoke(http, someCredentials()).ok());
    BOOST_TEST(platform.identify(http, someCredentials()).ok());
    BOOST_TEST(http.request(0).url == "https://other/token");
    BOOST_TEST(http.request(1).url == "https://other/revoke");
    BOOST_TEST(http.request(3).url == "https://other/api/userinfo");
}

BOOST_AUTO_TEST_CASE(refresh_keeps_what_the_reply_leaves_out) {
    const auto platform = plain();
    FakeHttpClient http;
    http.answer(200, R"({"access_token":"new"})");
    auto old = someCredentials({"read"});
    old.subject = "person";
    old.plugin_data = sdk::Secret("data");
    const auto fresh = platform.refresh(http, old);
    BOOST_TEST_REQUIRE(fresh.ok());
    BOOST_TEST(fresh.value().access_token.reveal() == "new");
    BOOST_TEST(fresh.value().refresh_token.reveal() == "old-refresh");
    BOOST_TEST(fresh.value().subject == "person");
    BOOST_TEST(fresh.value().plugin_data.reveal() == "data");
    BOOST_TEST(fresh.value().token_type == "Bearer");
    BOOST_TEST(fresh.value().scopes.empty());
}

BOOST_AUTO_TEST_CASE(refresh_without_a_refresh_token_sends_nothing) {
    const auto platform = plain();
    FakeHttpClient http;
    auto credentials = someCredentials();
    credentials.refresh_token = sdk::Secret();
    const auto fresh = platform.refresh(http, credentials);
    BOOST_TEST_REQUIRE(!fresh.ok());
    BOOST_TEST(fresh.error().kind == ErrorKind::Unsupported);
    BOOST_TEST(http.requests().empty());
}

BOOST_AUTO_TEST_CASE(status_decides_before_words) {
    const auto platform = plain();
    const std::string dead = R"({"error":"invalid_grant"})";
    const auto kind = [&](int status, const std::string& body) {
        return refreshError(platform, {status, {}, body}).kind;
    };
    for (const int status : {500, 502, 503, 504, 599, 408, 425})
        BOOST_TEST(kind(status, dead) == ErrorKind::Transient);
    BOOST_TEST(kind(429, dead) == ErrorKind::RateLimited);
    BOOST_TEST(kind(400, dead) == ErrorKind::InvalidGrant);
    BOOST_TEST(kind(200, dead) == ErrorKind::InvalidGrant);
    BOOST_TEST(kind(401, dead) == ErrorKind::InvalidGrant);
    BOOST_TEST(kind(403, "<html>") == ErrorKind::Transient);
    BOOST_TEST(kind(400, "<html>") == ErrorKind::Protocol);
    BOOST_TEST(kind(418, "{}") == ErrorKind::Protocol);
    BOOST_TEST(kind(302, "") == ErrorKind::Protocol);
}

BOOST_AUTO_TEST_CASE(a_lost_answer_is_ambiguous_where_the_platform_may_have_acted) {
    const auto platform = plain();
    for (const char* body : {"", "<html>", R"({"access_token":"a)"}) {
        BOOST_TEST(refreshError(platform, {200, {}, body}).kind == ErrorKind::Ambiguous);
        BOOST_TEST(exchangeError(platform, {200, {}, body}).kind == ErrorKind::Ambiguous);
        BOOST_TEST(identifyError(platform, {200, {}, body}).kind == ErrorKind::Transient);
    }
    for (const char* body : {R"({"access_token":"a","access_token":"b"})", "[]", "null"}) {
        BOOST_TEST(refreshError(platform, {200, {}, body}).kind == ErrorKind::Ambiguous);
        BOOST_TEST(exchangeError(platform, {200, {}, body}).kind == ErrorKind::Ambiguous);
        BOOST_TEST(identifyError(platform, {200, {}, body}).kind == ErrorKind::Protocol);
        BOOST_TEST(refreshError(platform, {400, {}, body}).kind == ErrorKind::Protocol);
    }
    for (const char* body : {"{}", R"({"access_token":17})", R"({"data":{"access_token":"a"}})",
                             R"({"access_token":"a","refresh_token":17})"}) {
        BOOST_TEST(refreshError(platform, {200, {}, body}).kind == ErrorKind::Ambiguous);
        BOOST_TEST(exchangeError(platform, {200, {}, body}).kind == ErrorKind::Ambiguous);
    }
    FakeHttpClient http;
    http.fail(ErrorKind::Ambiguous).repeatLast();
    BOOST_TEST(platform.refresh(http, someCredentials()).error().kind == ErrorKind::Ambiguous);
    BOOST_TEST(platform.identify(http, someCredentials()).error().kind == ErrorKind::Transient);
}

BOOST_AUTO_TEST_CASE(retry_after_reaches_the_host) {
    const auto platform = plain();
    BOOST_TEST(refreshError(platform, {503, {{"Retry-After", "30"}}, ""}).retry_after->count() ==
               30);
    BOOST_TEST(refreshError(platform, {429, {{"Retry-After", "31"}}, ""}).retry_after->count() ==
               31);
}

BOOST_AUTO_TEST_CASE(revocation_of_rfc_7009) {
    const auto platform = plain();
    for (const char* body : {"", "{}", "OK"})
        BOOST_TEST(revokeWith(platform, 200, body).value() == sdk::Revocation::Done);
    BOOST_TEST(revokeWith(platform, 400, R"({"error":"invalid_token"})").value() ==
               sdk::Revocation::AlreadyGone);
    BOOST_TEST(revokeWith(platform, 401, R"({"error":"invalid_client"})").error().kind ==
               ErrorKind::Misconfigured);
    BOOST_TEST(revokeWith(platform, 400, R"({"error":"unsupported_token_type"})").error().kind ==
               ErrorKind::Unsupported);
    BOOST_TEST(revokeWith(platform, 503, "").error().kind == ErrorKind::Transient);
    BOOST_TEST(revokeWith(platform, 200, "<html>").error().kind == ErrorKind::Ambiguous);
    BOOST_TEST(revokeWith(platform, 400, "<html>").error().kind == ErrorKind::Protocol);

    auto profile = plainProfile();
    profile.endpoints.revocation.clear();
    BOOST_TEST(revokeWith(plain(profile), 200, "").error().kind == ErrorKind::Unsupported);
}

BOOST_AUTO_TEST_CASE(which_token_is_revoked) {
    const auto sent = [](oauth2::RevokedToken which, const sdk::Credentials& credentials) {
        auto profile = plainProfile();
        profile.revoked_token = which;
        FakeHttpClient http;
        http.answer(200, "").repeatLast();
        BOOST_TEST(plain(profile).revoke(http, credentials).ok());
        std::string tokens;
        for (const auto& request : http.requests())
            tokens += valueOf(sentForm(request.body), "token") + " ";
        return tokens;
    };
    auto no_refresh = someCredentials();
    no_refresh.refresh_token = sdk::Secret();
    using oauth2::RevokedToken;
    BOOST_TEST(sent(RevokedToken::Both, someCredentials()) == "old-refresh old-access ");
    BOOST_TEST(sent(RevokedToken::Both, no_refresh) == "old-access ");
    BOOST_TEST(sent(RevokedToken::RefreshOrAccess, someCredentials()) == "old-refresh ");
    BOOST_TEST(sent(RevokedToken::RefreshOrAccess, no_refresh) == "old-access ");
    BOOST_TEST(sent(RevokedToken::Access, someCredentials()) == "old-access ");
    BOOST_TEST(sent(RevokedToken::Both, {}) == "");
}

BOOST_AUTO_TEST_CASE(identity_from_openid_claims) {
    const auto platform = plain();
    FakeHttpClient http;
    http.answer(200, R"({"sub":248289761001,"name":"Jane","preferred_username":"j.doe",
                         "picture":"https://p/j.jpg","profile":"https://p/j"})");
    const auto found = platform.identify(http, someCredentials());
    BOOST_TEST_REQUIRE(found.ok());
    const auto& jane = found.value()[0];
    BOOST_TEST(jane.id == "248289761001");
    BOOST_TEST(jane.display_name == "Jane");
    BOOST_TEST(jane.username == "j.doe");
    BOOST_TEST(jane.avatar_url == "https://p/j.jpg");
}

BOOST_AUTO_TEST_CASE(errors_speak_to_an_administrator) {
    const auto error = refreshError(plain(), {400, {}, R"({"error":"invalid_grant"})"});
    BOOST_TEST(error.code == "invalid_grant");
    BOOST_TEST(error.message.find("Plain, while refreshing a token: ") == 0u);
    BOOST_TEST(error.message.find("connected again") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace postato::tests
