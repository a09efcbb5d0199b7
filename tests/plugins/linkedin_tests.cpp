#include <boost/test/unit_test.hpp>

#include "support.hpp"

namespace postato::tests {
namespace {

using sdk::ErrorKind;
using CallbackKind = sdk::CallbackOutcome::Kind;

const std::string kData = "linkedin/testdata/";

sdk::Credentials withoutRefreshToken() {
    auto credentials = someCredentials();
    credentials.refresh_token = sdk::Secret();
    return credentials;
}

PlatformPointer openIdLinkedIn() {
    sdk::PlatformConfig config;
    config.scopes = {"openid", "profile", "w_member_social"};
    return makePlatform("linkedin", config);
}

BOOST_AUTO_TEST_SUITE(linkedin_tests)

BOOST_AUTO_TEST_CASE(never_asks_silently_and_never_with_pkce) {
    const auto linkedin = makePlatform("linkedin");
    const auto query = sentQuery(
        linkedin->authorizationUrl({"https://a/cb", "st", "", {"r_basicprofile"}, false}));
    BOOST_TEST(valueOf(query, "prompt") == "(absent)");
    BOOST_TEST(valueOf(query, "code_challenge") == "(absent)");
    BOOST_TEST(valueOf(query, "scope") == "r_basicprofile");
}

BOOST_AUTO_TEST_CASE(refused_scope_is_told_apart_from_a_denial) {
    const auto linkedin = makePlatform("linkedin");
    const auto refused =
        linkedin->parseCallback(callback(recorded(kData + "scope_refused_callback.txt")));
    BOOST_TEST(refused.kind == CallbackKind::ScopeRefused);
    BOOST_TEST(refused.error == "unauthorized_scope_error");
    BOOST_TEST(linkedin->parseCallback(callback("error=user_cancelled_login&state=s")).kind ==
               CallbackKind::Denied);
}

BOOST_AUTO_TEST_CASE(secret_goes_in_the_body_and_scopes_come_with_commas) {
    const auto linkedin = makePlatform("linkedin");
    FakeHttpClient http;
    http.answer(reply(200, kData + "exchange.json"));
    const auto credentials = linkedin->exchangeCode(http, someExchange());
    BOOST_TEST_REQUIRE(credentials.ok());
    BOOST_TEST(credentials.value().refresh_token_expires_in->count() == 31536000);
    const std::vector<std::string> expected = {"r_basicprofile", "w_member_social"};
    BOOST_TEST(credentials.value().scopes == expected, boost::test_tools::per_element());
    BOOST_TEST(valueOf(sentForm(http.request(0).body), "client_secret") == "secret");
    BOOST_TEST((sdk::findHeader(http.request(0).headers, "Authorization") == nullptr));
}

BOOST_AUTO_TEST_CASE(self_serve_app_has_no_refresh_token) {
    const auto linkedin = openIdLinkedIn();
    FakeHttpClient http;
    http.answer(reply(200, kData + "exchange_self_serve.json"));
    const auto credentials = linkedin->exchangeCode(http, someExchange());
    BOOST_TEST_REQUIRE(credentials.ok());
    BOOST_TEST(!credentials.value().refreshable());
    BOOST_TEST(credentials.value().expires_in->count() == 5184000);
    BOOST_TEST(credentials.value().scopes.size() == 3u);
    const auto refreshed = linkedin->refresh(http, credentials.value());
    BOOST_TEST_REQUIRE(!refreshed.ok());
    BOOST_TEST(refreshed.error().kind == ErrorKind::Unsupported);
}

BOOST_AUTO_TEST_CASE(both_spellings_of_a_dead_refresh_token) {
    const auto linkedin = makePlatform("linkedin");
    BOOST_TEST(refreshError(*linkedin, reply(400, kData + "dead_refresh_documented.json")).kind ==
               ErrorKind::InvalidGrant);
    BOOST_TEST(refreshError(*linkedin, reply(400, kData + "dead_refresh_seen.json")).kind ==
               ErrorKind::InvalidGrant);
}

BOOST_AUTO_TEST_CASE(the_same_error_code_for_other_causes) {
    const auto linkedin = makePlatform("linkedin");
    BOOST_TEST(refreshError(*linkedin, reply(400, kData + "parameter_missing.json")).kind ==
               ErrorKind::Protocol);
    BOOST_TEST(refreshError(*linkedin, reply(400, kData + "client_id_missing.json")).kind ==
               ErrorKind::Misconfigured);
    BOOST_TEST(refreshError(*linkedin, reply(401, kData + "invalid_client.json")).kind ==
               ErrorKind::Misconfigured);
    BOOST_TEST(exchangeError(*linkedin, reply(401, kData + "code_not_found.json")).kind ==
               ErrorKind::InvalidGrant);
    BOOST_TEST(exchangeError(*linkedin, reply(400, kData + "code_mismatch.json")).kind ==
               ErrorKind::InvalidGrant);
    BOOST_TEST(exchangeError(*linkedin, reply(400, kData + "parameter_missing.json")).kind ==
               ErrorKind::Protocol);
}

BOOST_AUTO_TEST_CASE(identity_with_the_widest_picture) {
    const auto linkedin = makePlatform("linkedin");
    FakeHttpClient http;
    http.answer(reply(200, kData + "me.json"));
    const auto found = linkedin->identify(http, someCredentials());
    BOOST_TEST_REQUIRE(found.ok());
    const auto& me = found.value()[0];
    BOOST_TEST(me.id == "yrZCpj2Z12");
    BOOST_TEST(me.username == "bobsmith");
    BOOST_TEST(me.display_name == "Bob Smith");
    BOOST_TEST(me.avatar_url == "https://media.licdn.com/800");
    BOOST_TEST(http.request(0).url.find("https://api.linkedin.com/v2/me?") == 0u);
}

BOOST_AUTO_TEST_CASE(openid_scopes_move_identity_to_userinfo) {
    const auto linkedin = openIdLinkedIn();
    FakeHttpClient http;
    http.answer(reply(200, kData + "userinfo.json"));
    const auto found = linkedin->identify(http, someCredentials());
    BOOST_TEST_REQUIRE(found.ok());
    BOOST_TEST(found.value()[0].id == "782bbtaQ");
    BOOST_TEST(found.value()[0].display_name == "John Doe");
    BOOST_TEST(found.value()[0].username == "");
    BOOST_TEST(http.request(0).url == "https://api.linkedin.com/v2/userinfo");
}

BOOST_AUTO_TEST_CASE(scopes_without_any_identity_are_refused) {
    sdk::PlatformConfig config;
    config.scopes = {"w_member_social"};
    BOOST_CHECK_THROW(makePlatform("linkedin", config), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_fresh_token_called_revoked_is_tried_again) {
    const auto linkedin = makePlatform("linkedin");
    FakeHttpClient http;
    http.answer(reply(401, kData + "revoked_token.json"))
        .answer(reply(401, kData + "revoked_token.json"))
        .answer(reply(200, kData + "me.json"));
    BOOST_TEST(linkedin->identify(http, someCredentials()).ok());
    BOOST_TEST(http.requests().size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_rejected_token_ends_the_grant_only_when_nothing_can_renew_it) {
    const auto linkedin = makePlatform("linkedin");
    const auto revoked = reply(401, kData + "revoked_token.json");
    BOOST_TEST(identifyError(*linkedin, revoked).kind == ErrorKind::Protocol);
    const auto dead = identifyError(*linkedin, revoked, withoutRefreshToken());
    BOOST_TEST(dead.kind == ErrorKind::InvalidGrant);
    BOOST_TEST(dead.grant_end == sdk::GrantEnd::UserRevoked);
    BOOST_TEST(dead.code == "401/65601");
    const auto expired = reply(401, kData + "expired_token.json");
    BOOST_TEST(identifyError(*linkedin, expired, withoutRefreshToken()).kind ==
               ErrorKind::InvalidGrant);
}

BOOST_AUTO_TEST_CASE(missing_permission_and_throttling_of_identity) {
    const auto linkedin = makePlatform("linkedin");
    BOOST_TEST(identifyError(*linkedin, reply(403, kData + "access_denied.json")).kind ==
               ErrorKind::ScopeMissing);
    BOOST_TEST(identifyError(*linkedin, reply(429, kData + "throttled.json")).kind ==
               ErrorKind::RateLimited);
}

BOOST_AUTO_TEST_CASE(a_vanished_revocation_endpoint_is_unsupported) {
    const auto linkedin = makePlatform("linkedin");
    for (const char* body : {"", "<html>not found</html>", R"({"status":404})"}) {
        FakeHttpClient http;
        http.answer(404, body).repeatLast();
        const auto outcome = linkedin->revoke(http, someCredentials());
        BOOST_TEST_REQUIRE(!outcome.ok());
        BOOST_TEST(outcome.error().kind == ErrorKind::Unsupported);
    }
}

BOOST_AUTO_TEST_CASE(revokes_both_tokens_with_the_secret) {
    const auto linkedin = makePlatform("linkedin");
    FakeHttpClient http;
    http.answer(200, "").repeatLast();
    BOOST_TEST(linkedin->revoke(http, someCredentials()).ok());
    BOOST_TEST_REQUIRE(http.requests().size() == 2u);
    const auto form = sentForm(http.request(0).body);
    BOOST_TEST(valueOf(form, "token") == "old-refresh");
    BOOST_TEST(valueOf(form, "client_secret") == "secret");
    BOOST_TEST(valueOf(form, "token_type_hint") == "(absent)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace postato::tests
