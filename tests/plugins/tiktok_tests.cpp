#include <boost/test/unit_test.hpp>

#include "support.hpp"

namespace postato::tests {
namespace {

using sdk::ErrorKind;

const std::string kData = "tiktok/testdata/";

BOOST_AUTO_TEST_SUITE(tiktok_tests)

BOOST_AUTO_TEST_CASE(asks_with_client_key_commas_and_the_account_chooser) {
    const auto tiktok = makePlatform("tiktok");
    const auto url = tiktok->authorizationUrl(
        {"https://a/cb", "st", "", {"video.upload", "user.info.basic"}, false});
    BOOST_TEST(url.find("https://www.tiktok.com/v2/auth/authorize/?") == 0u);
    const auto query = sentQuery(url);
    BOOST_TEST(valueOf(query, "client_key") == "id");
    BOOST_TEST(valueOf(query, "client_id") == "(absent)");
    BOOST_TEST(valueOf(query, "scope") == "video.upload,user.info.basic");
    BOOST_TEST(valueOf(query, "disable_auto_auth") == "1");
    BOOST_TEST((tiktok->traits().pkce == sdk::PkceMethod::None));
}

BOOST_AUTO_TEST_CASE(desktop_apps_use_the_hexadecimal_challenge) {
    sdk::PlatformConfig config;
    config.options = {{"login_kit", "desktop"}};
    const auto tiktok = makePlatform("tiktok", config);
    BOOST_TEST((tiktok->traits().pkce == sdk::PkceMethod::S256Hex));
    const auto query = sentQuery(tiktok->authorizationUrl({"https://a/cb", "st", "0f", {}, false}));
    BOOST_TEST(valueOf(query, "code_challenge") == "0f");
    config.options = {{"login_kit", "tv"}};
    BOOST_CHECK_THROW(makePlatform("tiktok", config), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(callback_brings_the_granted_scopes) {
    const auto tiktok = makePlatform("tiktok");
    const auto outcome =
        tiktok->parseCallback(callback("code=a%2Ab%21c&scopes=user.info.basic&state=s"));
    BOOST_TEST((outcome.kind == sdk::CallbackOutcome::Kind::Code));
    BOOST_TEST(outcome.code.reveal() == "a*b!c");
    BOOST_TEST_REQUIRE(outcome.granted_scopes.has_value());
    BOOST_TEST(outcome.granted_scopes->size() == 1u);
    const auto old = tiktok->parseCallback(callback("errCode=access_denied&state=s"));
    BOOST_TEST((old.kind == sdk::CallbackOutcome::Kind::Denied));
}

BOOST_AUTO_TEST_CASE(scopes_of_the_callback_stand_in_for_missing_ones) {
    const auto tiktok = makePlatform("tiktok");
    FakeHttpClient http;
    http.answer(200, R"({"access_token":"act.1","refresh_token":"rft.1"})");
    auto exchange = someExchange();
    exchange.granted_scopes_hint = {"user.info.basic"};
    const auto credentials = tiktok->exchangeCode(http, exchange);
    BOOST_TEST_REQUIRE(credentials.ok());
    BOOST_TEST_REQUIRE(credentials.value().scopes.size() == 1u);
    BOOST_TEST(credentials.value().scopes[0] == "user.info.basic");
    BOOST_TEST(!credentials.value().expires_in.has_value());
}

BOOST_AUTO_TEST_CASE(exchange_sends_the_code_encoded_once) {
    const auto tiktok = makePlatform("tiktok");
    FakeHttpClient http;
    http.answer(reply(200, kData + "exchange.json"));
    const auto credentials = tiktok->exchangeCode(http, someExchange());
    BOOST_TEST_REQUIRE(credentials.ok());
    BOOST_TEST(credentials.value().expires_in->count() == 86400);
    BOOST_TEST(credentials.value().refresh_token_expires_in->count() == 31536000);
    const auto request = http.request(0);
    BOOST_TEST(request.url == "https://open.tiktokapis.com/v2/oauth/token/");
    BOOST_TEST(request.body.find("code=4%2F0A%2Acode%21") != std::string::npos);
    BOOST_TEST(valueOf(sentForm(request.body), "client_key") == "id");
    BOOST_TEST(valueOf(sentForm(request.body), "client_secret") == "secret");
    BOOST_TEST(*sdk::findHeader(request.headers, "cache-control") == "no-cache");
}

BOOST_AUTO_TEST_CASE(errors_arrive_with_status_200) {
    const auto tiktok = makePlatform("tiktok");
    for (const int status : {200, 400}) {
        BOOST_TEST(refreshError(*tiktok, reply(status, kData + "invalid_grant.json")).kind ==
                   ErrorKind::InvalidGrant);
        BOOST_TEST(refreshError(*tiktok, reply(status, kData + "nested_error.json")).kind ==
                   ErrorKind::InvalidGrant);
        BOOST_TEST(refreshError(*tiktok, reply(status, kData + "server_error.json")).kind ==
                   ErrorKind::Transient);
        BOOST_TEST(refreshError(*tiktok, reply(status, kData + "invalid_client.json")).kind ==
                   ErrorKind::Misconfigured);
        BOOST_TEST(
            exchangeError(*tiktok, reply(status, kData + "redirect_uri_differs.json")).kind ==
            ErrorKind::Protocol);
    }
}

BOOST_AUTO_TEST_CASE(username_is_asked_for_only_where_it_was_granted) {
    const auto tiktok = makePlatform("tiktok");
    FakeHttpClient http;
    http.answer(reply(200, kData + "user_info.json"))
        .answer(reply(200, kData + "user_info_profile.json"));
    const auto plain = tiktok->identify(http, someCredentials({"user.info.basic"}));
    BOOST_TEST_REQUIRE(plain.ok());
    BOOST_TEST(plain.value()[0].id == "723f24d7-b717-40f8-a2b6-cb8464cd23b4");
    BOOST_TEST(plain.value()[0].username == "");
    BOOST_TEST(plain.value()[0].display_name == "Tiktok Creator");
    BOOST_TEST(http.request(0).url.find("username") == std::string::npos);

    const auto full =
        tiktok->identify(http, someCredentials({"user.info.basic", "user.info.profile"}));
    BOOST_TEST_REQUIRE(full.ok());
    BOOST_TEST(full.value()[0].username == "@creator");
    BOOST_TEST(full.value()[0].avatar_url == "https://p19-sign.tiktokcdn-us.com/large");
    BOOST_TEST(http.request(1).url.find("username") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(identity_refusals) {
    const auto tiktok = makePlatform("tiktok");
    BOOST_TEST(identifyError(*tiktok, reply(400, kData + "scope_permission_missed.json")).kind ==
               ErrorKind::ScopeMissing);
    BOOST_TEST(identifyError(*tiktok, reply(401, kData + "access_token_invalid.json")).kind ==
               ErrorKind::Protocol);
}

BOOST_AUTO_TEST_CASE(revokes_the_access_token) {
    const auto tiktok = makePlatform("tiktok");
    FakeHttpClient http;
    http.answer(200, "{}");
    const auto outcome = tiktok->revoke(http, someCredentials());
    BOOST_TEST_REQUIRE(outcome.ok());
    BOOST_TEST(outcome.value() == sdk::Revocation::Done);
    BOOST_TEST(valueOf(sentForm(http.request(0).body), "token") == "old-access");
    BOOST_TEST(valueOf(sentForm(http.request(0).body), "client_key") == "id");
}

BOOST_AUTO_TEST_CASE(an_expired_access_token_is_renewed_to_be_revoked) {
    const auto tiktok = makePlatform("tiktok");
    FakeHttpClient http;
    http.answer(reply(401, kData + "access_token_invalid.json"))
        .answer(reply(200, kData + "refresh.json"))
        .answer(200, "");
    const auto outcome = tiktok->revoke(http, someCredentials());
    BOOST_TEST_REQUIRE(outcome.ok());
    BOOST_TEST(outcome.value() == sdk::Revocation::Done);
    BOOST_TEST(valueOf(sentForm(http.request(2).body), "token") == "act.example-2");
}

BOOST_AUTO_TEST_CASE(a_renewed_token_is_tried_again_to_be_revoked) {
    const auto tiktok = makePlatform("tiktok");
    FakeHttpClient http;
    http.answer(reply(401, kData + "access_token_invalid.json"))
        .answer(reply(200, kData + "refresh.json"))
        .answer(503, "")
        .fail(ErrorKind::Ambiguous)
        .answer(200, "");
    const auto outcome = tiktok->revoke(http, someCredentials());
    BOOST_TEST_REQUIRE(outcome.ok());
    BOOST_TEST(outcome.value() == sdk::Revocation::Done);
    BOOST_TEST(valueOf(sentForm(http.request(4).body), "token") == "act.example-2");
}

// Repeated, it would find a spent refresh token, which looks like a grant that is gone.
BOOST_AUTO_TEST_CASE(a_revocation_that_failed_half_way_is_not_repeated) {
    const auto tiktok = makePlatform("tiktok");
    FakeHttpClient cannot_revoke;
    cannot_revoke.answer(reply(401, kData + "access_token_invalid.json"))
        .answer(reply(200, kData + "refresh.json"))
        .answer(503, "")
        .repeatLast();
    FakeHttpClient refresh_unread;
    refresh_unread.answer(reply(401, kData + "access_token_invalid.json"))
        .fail(ErrorKind::Ambiguous);
    for (auto* http : {&cannot_revoke, &refresh_unread}) {
        const auto outcome = tiktok->revoke(*http, someCredentials());
        BOOST_TEST_REQUIRE(!outcome.ok());
        BOOST_TEST(outcome.error().kind == ErrorKind::Unsupported);
        BOOST_TEST(outcome.error().code == "new_token_not_revoked");
    }
    BOOST_TEST(cannot_revoke.requests().size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_second_revocation_finds_the_grant_gone) {
    const auto tiktok = makePlatform("tiktok");
    FakeHttpClient http;
    http.answer(reply(200, kData + "invalid_grant.json")).repeatLast();
    const auto outcome = tiktok->revoke(http, someCredentials());
    BOOST_TEST_REQUIRE(outcome.ok());
    BOOST_TEST(outcome.value() == sdk::Revocation::AlreadyGone);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace postato::tests
