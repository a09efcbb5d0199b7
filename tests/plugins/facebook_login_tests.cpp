#include <boost/test/unit_test.hpp>

#include "support.hpp"

namespace postato::tests {
namespace {

using sdk::ErrorKind;

const std::string kData = "instagram/testdata/";

PlatformPointer facebook(std::map<std::string, std::string> options = {},
                         const std::string& api_base = "") {
    sdk::PlatformConfig config;
    config.options = std::move(options);
    config.options["login"] = "facebook";
    config.api_base = api_base;
    return makePlatform("instagram", config);
}

BOOST_AUTO_TEST_SUITE(facebook_login_tests)

BOOST_AUTO_TEST_CASE(asks_for_scopes_or_a_configuration) {
    const auto by_scope = facebook();
    const auto url = by_scope->authorizationUrl({"https://a/cb", "st", "", {"x", "y"}, true});
    BOOST_TEST(url.find("https://www.facebook.com/v25.0/dialog/oauth?") == 0u);
    BOOST_TEST(valueOf(sentQuery(url), "scope") == "x,y");
    BOOST_TEST(valueOf(sentQuery(url), "auth_type") == "rerequest");

    const auto by_configuration = facebook({{"config_id", "777"}});
    const auto query = sentQuery(
        by_configuration->authorizationUrl({"https://a/cb", "st", "", {"x", "y"}, false}));
    BOOST_TEST(valueOf(query, "config_id") == "777");
    BOOST_TEST(valueOf(query, "scope") == "(absent)");
    BOOST_TEST(valueOf(query, "auth_type") == "(absent)");
}

BOOST_AUTO_TEST_CASE(an_error_code_without_an_error_is_kept) {
    const auto outcome =
        facebook()->parseCallback(callback("error_code=1349126&error_message=App+not+set+up"));
    BOOST_TEST(outcome.kind == sdk::CallbackOutcome::Kind::Failed);
    BOOST_TEST(outcome.error == "1349126");
}

BOOST_AUTO_TEST_CASE(exchange_ends_with_who_consented_and_to_what) {
    const auto platform = facebook();
    FakeHttpClient http;
    for (const char* file : {"facebook_exchange_1.json", "facebook_exchange_2.json",
                             "facebook_me.json", "facebook_permissions.json"})
        http.answer(reply(200, kData + file));
    const auto credentials = platform->exchangeCode(http, someExchange());
    BOOST_TEST_REQUIRE(credentials.ok());
    BOOST_TEST(credentials.value().access_token.reveal() == "EAAG-long-1");
    BOOST_TEST(credentials.value().access_token_refreshes_itself);
    BOOST_TEST(credentials.value().subject == "1020000000000000001");
    BOOST_TEST(credentials.value().scopes.size() == 4u);  // one of five was declined

    const auto token_url = http.request(0).url;
    BOOST_TEST(token_url.find("https://graph.facebook.com/v25.0/oauth/access_token?") == 0u);
    BOOST_TEST(valueOf(sentQuery(token_url), "code") == "4/0A*code!");
    BOOST_TEST(valueOf(sentQuery(http.request(1).url), "fb_exchange_token") == "EAAG-short");
    BOOST_TEST(http.request(2).url == "https://graph.facebook.com/v25.0/me?fields=id");
    BOOST_TEST(http.request(3).url == "https://graph.facebook.com/v25.0/me/permissions");
}

BOOST_AUTO_TEST_CASE(refresh_exchanges_the_long_lived_token_again) {
    const auto platform = facebook();
    FakeHttpClient http;
    http.answer(reply(200, kData + "facebook_refresh.json"));
    auto old = someCredentials();
    old.refresh_token = sdk::Secret();
    old.subject = "1020";
    const auto credentials = platform->refresh(http, old);
    BOOST_TEST_REQUIRE(credentials.ok());
    BOOST_TEST(credentials.value().access_token.reveal() == "EAAG-long-2");
    BOOST_TEST(credentials.value().subject == "1020");
    BOOST_TEST(valueOf(sentQuery(http.request(0).url), "fb_exchange_token") == "old-access");
}

BOOST_AUTO_TEST_CASE(every_page_with_an_instagram_account_is_one_identity) {
    const auto platform = facebook();
    FakeHttpClient http;
    http.answer(reply(200, kData + "facebook_pages_1.json"))
        .answer(reply(200, kData + "facebook_pages_2.json"));
    const auto found = platform->identify(http, someCredentials());
    BOOST_TEST_REQUIRE(found.ok());
    BOOST_TEST_REQUIRE(found.value().size() == 2u);
    BOOST_TEST(found.value()[0].id == "17841400000000011");
    BOOST_TEST(found.value()[0].display_name == "Acme (Page: Acme Shop)");
    BOOST_TEST(found.value()[1].display_name == "acme.cafe (Page: Acme Cafe)");
    BOOST_TEST(!found.value()[0].credentials.has_value());
}

BOOST_AUTO_TEST_CASE(pages_of_businesses_need_the_permission) {
    const auto platform = facebook();
    FakeHttpClient http;
    http.answer(reply(200, kData + "facebook_no_pages.json"))
        .answer(reply(200, kData + "facebook_businesses.json"))
        .answer(reply(200, kData + "facebook_owned_pages.json"))
        .answer(reply(200, kData + "facebook_no_pages.json"));
    const auto found = platform->identify(
        http, someCredentials({"instagram_basic", "pages_show_list", "business_management"}));
    BOOST_TEST_REQUIRE(found.ok());
    BOOST_TEST_REQUIRE(found.value().size() == 1u);
    BOOST_TEST(found.value()[0].username == "acme.bar");
    BOOST_TEST(http.request(2).url.find("/v25.0/900/owned_pages?") != std::string::npos);
    BOOST_TEST(http.request(3).url.find("/v25.0/900/client_pages?") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_page_with_an_instagram_account) {
    const auto error = identifyError(*facebook(), reply(200, kData + "facebook_no_pages.json"));
    BOOST_TEST(error.kind == ErrorKind::NoPublishableAccount);
}

BOOST_AUTO_TEST_CASE(the_token_is_not_carried_to_another_host) {
    const auto platform = facebook({}, "http://localhost:9000/facebook");
    for (const char* next :
         {"https://graph.facebook.com/v25.0/x", "http://localhost:9000.evil.example/facebook/x",
          "http://localhost:9001/facebook/x", "//localhost:9000/x"}) {
        FakeHttpClient http;
        http.answer(200, std::string(R"({"data":[],"paging":{"next":")") + next + "\"}}");
        const auto found = platform->identify(http, someCredentials());
        BOOST_TEST_REQUIRE(!found.ok());
        BOOST_TEST(found.error().kind == ErrorKind::Protocol);
        BOOST_TEST(http.requests().size() == 1u);
    }
}

BOOST_AUTO_TEST_CASE(a_list_without_end_is_cut) {
    const auto platform = facebook();
    FakeHttpClient http;
    http.answer(reply(200, kData + "facebook_pages_1.json")).repeatLast();
    const auto found = platform->identify(http, someCredentials());
    BOOST_TEST_REQUIRE(found.ok());
    BOOST_TEST(found.value().size() == 1u);
    BOOST_TEST(http.requests().size() == 10u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace postato::tests
