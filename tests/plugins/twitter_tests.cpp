#include <boost/test/unit_test.hpp>

#include "support.hpp"

namespace postato::tests {
namespace {

using sdk::ErrorKind;

const std::string kData = "twitter/testdata/";

BOOST_AUTO_TEST_SUITE(twitter_tests)

BOOST_AUTO_TEST_CASE(asks_with_space_separated_scopes_and_pkce) {
    const auto x = makePlatform("twitter");
    const auto url = x->authorizationUrl(
        {"https://a/cb", "st", "challenge", {"tweet.read", "users.read"}, false});
    BOOST_TEST(url.find("https://x.com/i/oauth2/authorize?") == 0u);
    BOOST_TEST(url.find("scope=tweet.read%20users.read") != std::string::npos);
    BOOST_TEST(valueOf(sentQuery(url), "code_challenge_method") == "S256");
}

BOOST_AUTO_TEST_CASE(exchange_sends_basic_and_the_client_id_in_the_body) {
    const auto x = makePlatform("twitter");
    FakeHttpClient http;
    http.answer(reply(200, kData + "exchange.json"));
    auto exchange = someExchange();
    exchange.code_verifier = sdk::Secret("verifier");
    const auto credentials = x->exchangeCode(http, exchange);
    BOOST_TEST_REQUIRE(credentials.ok());
    const auto& c = credentials.value();
    BOOST_TEST(c.access_token.reveal() == "x-access-1");
    BOOST_TEST(c.refresh_token.reveal() == "x-refresh-1");
    BOOST_TEST(c.expires_in->count() == 7200);
    BOOST_TEST(c.scopes.size() == 4u);

    const auto request = http.request(0);
    BOOST_TEST(request.url == "https://api.x.com/2/oauth2/token");
    BOOST_TEST(*sdk::findHeader(request.headers, "Authorization") == "Basic aWQ6c2VjcmV0");
    const auto form = sentForm(request.body);
    BOOST_TEST(valueOf(form, "client_id") == "id");
    BOOST_TEST(valueOf(form, "client_secret") == "(absent)");
    BOOST_TEST(valueOf(form, "code") == "4/0A*code!");
    BOOST_TEST(valueOf(form, "code_verifier") == "verifier");
}

BOOST_AUTO_TEST_CASE(a_public_client_sends_only_its_id) {
    const auto& plugin = loadPlugin("twitter");
    sdk::PlatformConfig config;
    config.client_id = "id";
    const PlatformPointer x(plugin.create(config), plugin.destroy);
    FakeHttpClient http;
    http.answer(reply(200, kData + "exchange.json"));
    BOOST_TEST(x->exchangeCode(http, someExchange()).ok());
    BOOST_TEST((sdk::findHeader(http.request(0).headers, "Authorization") == nullptr));
    BOOST_TEST(valueOf(sentForm(http.request(0).body), "client_id") == "id");
}

BOOST_AUTO_TEST_CASE(token_was_invalid_is_a_dead_grant) {
    const auto x = makePlatform("twitter");
    BOOST_TEST(refreshError(*x, reply(400, kData + "dead_token.json")).kind ==
               ErrorKind::InvalidGrant);
    BOOST_TEST(refreshError(*x, {400, {}, R"({"error":"invalid_grant"})"}).kind ==
               ErrorKind::InvalidGrant);
}

BOOST_AUTO_TEST_CASE(other_invalid_requests_leave_the_account_alone) {
    const auto x = makePlatform("twitter");
    BOOST_TEST(refreshError(*x, reply(400, kData + "wrong_grant_type.json")).kind ==
               ErrorKind::Protocol);
    BOOST_TEST(refreshError(*x, {400, {}, R"({"error":"invalid_request"})"}).kind ==
               ErrorKind::Protocol);
    // A dead code says nothing about a refresh token.
    BOOST_TEST(refreshError(*x, reply(400, kData + "dead_code.json")).kind == ErrorKind::Protocol);
}

BOOST_AUTO_TEST_CASE(a_stale_code_or_wrong_verifier_means_starting_again) {
    const auto x = makePlatform("twitter");
    BOOST_TEST(exchangeError(*x, reply(400, kData + "dead_code.json")).kind ==
               ErrorKind::InvalidGrant);
    BOOST_TEST(exchangeError(*x, reply(400, kData + "verifier_mismatch.json")).kind ==
               ErrorKind::InvalidGrant);
}

BOOST_AUTO_TEST_CASE(missing_secret_is_the_operators_matter) {
    const auto x = makePlatform("twitter");
    BOOST_TEST(refreshError(*x, reply(401, kData + "unauthorized_client.json")).kind ==
               ErrorKind::Misconfigured);
}

BOOST_AUTO_TEST_CASE(rate_limit_reset_becomes_a_wait) {
    const auto x = makePlatform("twitter");
    const sdk::Headers headers = {{"date", "Sun, 06 Nov 1994 08:49:37 GMT"},
                                  {"x-rate-limit-reset", "784112077"}};
    const auto error = identifyError(*x, reply(429, kData + "too_many_requests.json", headers));
    BOOST_TEST(error.kind == ErrorKind::RateLimited);
    BOOST_TEST(error.retry_after->count() == 300);
    const auto undated = identifyError(
        *x, reply(429, kData + "too_many_requests.json", {{"x-rate-limit-reset", "784112077"}}));
    BOOST_TEST(!undated.retry_after.has_value());
}

BOOST_AUTO_TEST_CASE(revokes_the_refresh_token_then_the_access_token) {
    const auto x = makePlatform("twitter");
    FakeHttpClient http;
    http.answer(reply(200, kData + "revoked.json")).answer(503, "");
    const auto outcome = x->revoke(http, someCredentials());
    BOOST_TEST_REQUIRE(outcome.ok());
    BOOST_TEST(outcome.value() == sdk::Revocation::Done);
    const auto first = sentForm(http.request(0).body);
    const auto second = sentForm(http.request(1).body);
    BOOST_TEST(valueOf(first, "token") == "old-refresh");
    BOOST_TEST(valueOf(first, "token_type_hint") == "refresh_token");
    BOOST_TEST(valueOf(first, "client_id") == "id");
    BOOST_TEST(valueOf(second, "token") == "old-access");
}

BOOST_AUTO_TEST_CASE(revoking_a_dead_token_is_done) {
    const auto x = makePlatform("twitter");
    FakeHttpClient http;
    http.answer(reply(400, kData + "dead_token.json")).repeatLast();
    const auto outcome = x->revoke(http, someCredentials());
    BOOST_TEST_REQUIRE(outcome.ok());
    BOOST_TEST(outcome.value() == sdk::Revocation::AlreadyGone);
}

BOOST_AUTO_TEST_CASE(identity_is_the_permanent_id_and_the_handle) {
    const auto x = makePlatform("twitter");
    FakeHttpClient http;
    http.answer(reply(200, kData + "me.json"));
    const auto identities = x->identify(http, someCredentials());
    BOOST_TEST_REQUIRE(identities.ok());
    const auto& me = identities.value()[0];
    BOOST_TEST(me.id == "2244994945");
    BOOST_TEST(me.username == "@XDevelopers");
    BOOST_TEST(me.profile_url == "https://x.com/XDevelopers");
    BOOST_TEST(*sdk::findHeader(http.request(0).headers, "Authorization") == "Bearer old-access");
}

BOOST_AUTO_TEST_CASE(identity_refusals_tell_who_must_act) {
    const auto x = makePlatform("twitter");
    BOOST_TEST(identifyError(*x, reply(401, kData + "me_unauthorized.json")).kind ==
               ErrorKind::Protocol);
    BOOST_TEST(identifyError(*x, reply(403, kData + "me_forbidden.json")).kind ==
               ErrorKind::ScopeMissing);
    BOOST_TEST(identifyError(*x, reply(403, kData + "client_forbidden.json")).kind ==
               ErrorKind::Misconfigured);
    BOOST_TEST(identifyError(*x, reply(403, kData + "suspended.json")).kind ==
               ErrorKind::AccountSuspended);
    BOOST_TEST(identifyError(*x, reply(402, kData + "credits_depleted.json")).kind ==
               ErrorKind::Misconfigured);
}

BOOST_AUTO_TEST_CASE(identity_without_its_scope_is_not_even_asked_for) {
    const auto x = makePlatform("twitter");
    FakeHttpClient http;
    const auto identities = x->identify(http, someCredentials({"tweet.read", "tweet.write"}));
    BOOST_TEST_REQUIRE(!identities.ok());
    BOOST_TEST(identities.error().kind == ErrorKind::ScopeMissing);
    BOOST_TEST(identities.error().message.find("users.read") != std::string::npos);
    BOOST_TEST(http.requests().empty());
}

BOOST_AUTO_TEST_CASE(media_scope_is_known_when_configured) {
    sdk::PlatformConfig config;
    config.scopes = {"tweet.read", "tweet.write", "users.read", "offline.access", "media.write"};
    const auto x = makePlatform("twitter", config);
    BOOST_TEST_REQUIRE(x->traits().scopes.size() == 5u);
    BOOST_TEST(x->traits().scopes[4].meaning == "upload images and videos");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace postato::tests
