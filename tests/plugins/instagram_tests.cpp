#include <boost/test/unit_test.hpp>

#include "support.hpp"

namespace postato::tests {
namespace {

using sdk::ErrorKind;

const std::string kData = "instagram/testdata/";

/// Instagram's token is its own refresh credential.
sdk::Credentials selfRefreshing() {
    auto credentials = someCredentials();
    credentials.refresh_token = sdk::Secret();
    credentials.access_token_refreshes_itself = true;
    return credentials;
}

std::string graphError(int code, int subcode) {
    return R"({"error":{"message":"m","type":"OAuthException","code":)" + std::to_string(code) +
           R"(,"error_subcode":)" + std::to_string(subcode) + "}}";
}

BOOST_AUTO_TEST_SUITE(instagram_tests)

BOOST_AUTO_TEST_CASE(asks_with_commas_and_a_forced_sign_in) {
    const auto instagram = makePlatform("instagram");
    const auto url = instagram->authorizationUrl({"https://a/cb", "st", "", {"a", "b"}, false});
    BOOST_TEST(url.find("https://www.instagram.com/oauth/authorize?") == 0u);
    const auto query = sentQuery(url);
    BOOST_TEST(valueOf(query, "scope") == "a,b");
    BOOST_TEST(valueOf(query, "force_reauth") == "true");
    BOOST_TEST(valueOf(query, "enable_fb_login") == "0");
}

BOOST_AUTO_TEST_CASE(the_fragment_behind_the_code_is_stripped) {
    const auto instagram = makePlatform("instagram");
    for (const char* query : {"code=AQB1&state=s", "code=AQB1%23_&state=s", "code=AQB1%23_%3D_"}) {
        const auto outcome = instagram->parseCallback(callback(query));
        BOOST_TEST(outcome.kind == sdk::CallbackOutcome::Kind::Code);
        BOOST_TEST(outcome.code.reveal() == "AQB1");
    }
    const auto empty = instagram->parseCallback(callback("code=%23_&state=s"));
    BOOST_TEST(empty.kind == sdk::CallbackOutcome::Kind::Failed);
}

BOOST_AUTO_TEST_CASE(exchange_takes_two_calls_and_reads_both_shapes) {
    const auto instagram = makePlatform("instagram");
    for (const char* first : {"exchange_1.json", "exchange_1_wrapped.json"}) {
        FakeHttpClient http;
        http.answer(reply(200, kData + first)).answer(reply(200, kData + "exchange_2.json"));
        const auto credentials = instagram->exchangeCode(http, someExchange());
        BOOST_TEST_REQUIRE(credentials.ok());
        const auto& c = credentials.value();
        BOOST_TEST(c.access_token.reveal() == "IGAA-long-1");
        BOOST_TEST(c.refresh_token.empty());
        BOOST_TEST(c.access_token_refreshes_itself);
        BOOST_TEST(c.expires_in->count() == 5183944);
        BOOST_TEST(c.earliest_refresh_after->count() == 24 * 3600);
        BOOST_TEST(c.scopes.size() == 2u);

        BOOST_TEST(http.request(0).url == "https://api.instagram.com/oauth/access_token");
        const auto url = http.request(1).url;
        BOOST_TEST(url.find("https://graph.instagram.com/access_token?") == 0u);
        BOOST_TEST(valueOf(sentQuery(url), "grant_type") == "ig_exchange_token");
        BOOST_TEST(valueOf(sentQuery(url), "access_token") == "IGAA-short");
        BOOST_TEST(valueOf(sentQuery(url), "client_secret") == "secret");
    }
}

BOOST_AUTO_TEST_CASE(a_failed_second_step_is_repeated_once_and_then_fails_the_whole) {
    const auto instagram = makePlatform("instagram");
    FakeHttpClient recovers;
    recovers.answer(reply(200, kData + "exchange_1.json"))
        .answer(502, "<html>")
        .answer(reply(200, kData + "exchange_2.json"));
    BOOST_TEST(instagram->exchangeCode(recovers, someExchange()).ok());

    FakeHttpClient stays_down;
    stays_down.answer(reply(200, kData + "exchange_1.json")).answer(502, "<html>").repeatLast();
    const auto failed = instagram->exchangeCode(stays_down, someExchange());
    BOOST_TEST_REQUIRE(!failed.ok());
    BOOST_TEST(failed.error().kind == ErrorKind::Transient);
    BOOST_TEST(stays_down.requests().size() == 3u);
}

BOOST_AUTO_TEST_CASE(errors_of_the_code_endpoint) {
    const auto instagram = makePlatform("instagram");
    BOOST_TEST(exchangeError(*instagram, reply(400, kData + "code_used.json")).kind ==
               ErrorKind::InvalidGrant);
    BOOST_TEST(exchangeError(*instagram, reply(400, kData + "redirect_uri_differs.json")).kind ==
               ErrorKind::InvalidGrant);
    BOOST_TEST(exchangeError(*instagram, reply(400, kData + "invalid_platform_app.json")).kind ==
               ErrorKind::Misconfigured);
}

BOOST_AUTO_TEST_CASE(refresh_shows_the_access_token) {
    const auto instagram = makePlatform("instagram");
    FakeHttpClient http;
    http.answer(reply(200, kData + "refresh.json"));
    const auto credentials = instagram->refresh(http, selfRefreshing());
    BOOST_TEST_REQUIRE(credentials.ok());
    BOOST_TEST(credentials.value().access_token.reveal() == "IGAA-long-2");
    BOOST_TEST(credentials.value().refreshable());
    BOOST_TEST(credentials.value().scopes.size() == 1u);
    const auto url = http.request(0).url;
    BOOST_TEST(url.find("https://graph.instagram.com/refresh_access_token?") == 0u);
    BOOST_TEST(valueOf(sentQuery(url), "grant_type") == "ig_refresh_token");
    BOOST_TEST(valueOf(sentQuery(url), "access_token") == "old-access");
    BOOST_TEST(valueOf(sentQuery(url), "client_secret") == "(absent)");
}

BOOST_AUTO_TEST_CASE(every_190_is_a_dead_grant) {
    const auto instagram = makePlatform("instagram");
    for (const int subcode : {458, 459, 460, 463, 464, 467, 492, 0}) {
        const auto error = refreshError(*instagram, {400, {}, graphError(190, subcode)});
        BOOST_TEST(error.kind == ErrorKind::InvalidGrant);
    }
    BOOST_TEST(refreshError(*instagram, {401, {}, graphError(102, 0)}).kind ==
               ErrorKind::InvalidGrant);
    const auto removed = refreshError(*instagram, reply(400, kData + "removed_app.json"));
    BOOST_TEST(removed.code == "190/458");
    BOOST_TEST(removed.grant_end == sdk::GrantEnd::UserRevoked);
    BOOST_TEST(refreshError(*instagram, reply(400, kData + "expired.json")).grant_end ==
               sdk::GrantEnd::RefreshTokenExpired);
}

BOOST_AUTO_TEST_CASE(a_token_of_today_is_too_early_to_refresh) {
    const auto instagram = makePlatform("instagram");
    BOOST_TEST(refreshError(*instagram, reply(400, kData + "too_young.json")).kind ==
               ErrorKind::TooEarly);
    BOOST_TEST(refreshError(*instagram,
                            {400, {}, R"({"error":{"message":"younger than 24 hours","code":10}})"})
                   .kind == ErrorKind::TooEarly);
}

BOOST_AUTO_TEST_CASE(other_graph_errors) {
    const auto instagram = makePlatform("instagram");
    const auto refreshed = [&](const char* file) {
        return refreshError(*instagram, reply(400, kData + file)).kind;
    };
    BOOST_TEST(refreshed("permission_missing.json") == ErrorKind::ScopeMissing);
    BOOST_TEST(refreshed("app_limit.json") == ErrorKind::RateLimited);
    BOOST_TEST(refreshed("temporary.json") == ErrorKind::Transient);
    for (const int code : {4, 17, 32, 341, 613, 80002})
        BOOST_TEST(refreshError(*instagram, {400, {}, graphError(code, 0)}).kind ==
                   ErrorKind::RateLimited);
    BOOST_TEST(refreshError(*instagram, {400, {}, graphError(230, 0)}).kind ==
               ErrorKind::ScopeMissing);
    BOOST_TEST(refreshError(*instagram, {400, {}, graphError(368, 0)}).kind == ErrorKind::Protocol);
    BOOST_TEST(refreshError(*instagram, {400, {}, graphError(101, 0)}).kind ==
               ErrorKind::Misconfigured);
}

BOOST_AUTO_TEST_CASE(usage_header_tells_the_wait_in_minutes) {
    const auto instagram = makePlatform("instagram");
    const sdk::Headers headers = {
        {"X-Business-Use-Case-Usage",
         R"({"1":[{"type":"instagram","call_count":95,"estimated_time_to_regain_access":19}]})"}};
    const auto error = refreshError(*instagram, reply(400, kData + "app_limit.json", headers));
    BOOST_TEST_REQUIRE(error.retry_after.has_value());
    BOOST_TEST(error.retry_after->count() == 19 * 60);
}

BOOST_AUTO_TEST_CASE(identity_keeps_all_digits_and_reads_both_shapes) {
    const auto instagram = makePlatform("instagram");
    for (const char* file : {"me.json", "me_wrapped.json"}) {
        FakeHttpClient http;
        http.answer(reply(200, kData + file));
        const auto found = instagram->identify(http, selfRefreshing());
        BOOST_TEST_REQUIRE(found.ok());
        BOOST_TEST(found.value()[0].id == "17841400000000001");
        BOOST_TEST(found.value()[0].username == "acme");
        BOOST_TEST(http.request(0).url.find("https://graph.instagram.com/v25.0/me?") == 0u);
        BOOST_TEST(http.request(0).url.find("old-access") == std::string::npos);
        BOOST_TEST(*sdk::findHeader(http.request(0).headers, "Authorization") ==
                   "Bearer old-access");
    }
}

BOOST_AUTO_TEST_CASE(a_personal_account_cannot_publish) {
    const auto instagram = makePlatform("instagram");
    BOOST_TEST(identifyError(*instagram, reply(200, kData + "me_personal.json")).kind ==
               ErrorKind::NoPublishableAccount);
}

BOOST_AUTO_TEST_CASE(revocation_deletes_the_permissions) {
    const auto instagram = makePlatform("instagram");
    FakeHttpClient http;
    http.answer(reply(200, kData + "success.json")).answer(reply(400, kData + "removed_app.json"));
    const auto done = instagram->revoke(http, selfRefreshing());
    BOOST_TEST_REQUIRE(done.ok());
    BOOST_TEST(done.value() == sdk::Revocation::Done);
    BOOST_TEST(http.request(0).method == "DELETE");
    BOOST_TEST(http.request(0).url == "https://graph.instagram.com/v25.0/me/permissions");
    const auto gone = instagram->revoke(http, selfRefreshing());
    BOOST_TEST_REQUIRE(gone.ok());
    BOOST_TEST(gone.value() == sdk::Revocation::AlreadyGone);
}

BOOST_AUTO_TEST_CASE(a_vanished_revocation_is_unsupported) {
    const auto instagram = makePlatform("instagram");
    FakeHttpClient http;
    http.answer(400, graphError(100, 33));
    const auto outcome = instagram->revoke(http, selfRefreshing());
    BOOST_TEST_REQUIRE(!outcome.ok());
    BOOST_TEST(outcome.error().kind == ErrorKind::Unsupported);
}

BOOST_AUTO_TEST_CASE(options_are_checked) {
    const auto refuse = [](std::map<std::string, std::string> options) {
        sdk::PlatformConfig config;
        config.options = std::move(options);
        BOOST_CHECK_THROW(makePlatform("instagram", config), std::invalid_argument);
    };
    refuse({{"login", "myspace"}});
    refuse({{"api_version", "25"}});
    refuse({{"api_version", "v25.0/../x"}});
    refuse({{"config_id", "1"}});

    sdk::PlatformConfig config;
    config.options = {{"api_version", "v26.0"}};
    config.api_base = "http://localhost:9000/instagram/";
    const auto instagram = makePlatform("instagram", config);
    FakeHttpClient http;
    http.answer(reply(200, kData + "me.json"));
    BOOST_TEST(instagram->identify(http, selfRefreshing()).ok());
    BOOST_TEST(http.request(0).url.find("http://localhost:9000/instagram/v26.0/me?") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace postato::tests
