#define BOOST_TEST_DYN_LINK
#include <boost/test/unit_test.hpp>

#include "support.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox::testing {
namespace {

const std::string kPageFields =
    "id,name,access_token,instagram_business_account{id,name,username,profile_picture_url}";

Reply accounts(const Fixture& sandbox, const std::string& token, const std::string& limit = "100") {
    return sandbox.get("/facebook/v26.0/me/accounts",
                       {{"access_token", token}, {"fields", kPageFields}, {"limit", limit}});
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(facebook_tests, Fixture)

BOOST_AUTO_TEST_CASE(a_configuration_brings_its_own_permissions) {
    connect("facebook", "ada", {{"config_id", "123"}, {"scope", kAbsent}});
    BOOST_TEST(firstGrant("facebook")["scopes"].size() == 5U);
    turn("facebook", "configScopes", Json::array({"instagram_basic", "pages_show_list"}));
    connect("facebook", "ada", {{"config_id", "123"}});
    BOOST_TEST(oracle("facebook")["grants"][1]["scopes"].size() == 2U);
}

BOOST_AUTO_TEST_CASE(redirect_and_denial_are_spelt_as_at_facebook) {
    BOOST_TEST(consent("facebook").fragment == "#_=_");
    const auto denial = consent("facebook", "ada", {}, {{"decision", "deny"}});
    BOOST_TEST(denial.get("error_code") == "200");
    BOOST_TEST(denial.get("error_reason") == "user_denied");
    BOOST_TEST(denial.fragment == "#_=_");
    BOOST_TEST(authorize("facebook", {{"response_type", kAbsent}}).status == 200);
    BOOST_TEST(authorize("facebook", {{"scope", "instagram_business_basic"}}).status == 400);
}

BOOST_AUTO_TEST_CASE(pages_come_with_tokens_and_instagram_accounts) {
    const auto tokens = connect("facebook");
    const auto pages = accounts(*this, tokens.access).json()["data"];
    BOOST_TEST_REQUIRE(pages.size() == 2U);
    BOOST_TEST(pages[0]["name"] == "Example Bakery");
    BOOST_TEST(pages[0]["instagram_business_account"]["username"] == "example.bakery");
    const auto page_token = pages[1]["access_token"].get<std::string>();
    BOOST_TEST(page_token != pages[0]["access_token"].get<std::string>());
    BOOST_TEST(accounts(*this, tokens.access).json()["data"][1]["access_token"] == page_token);
    advance(90 * 86400);
    BOOST_TEST(identity("facebook", tokens.access).at("error.error_subcode") == "463");
    BOOST_TEST(identity("facebook", page_token).status == 200);
    control("people/ada/revoke", {{"platform", "facebook"}});
    BOOST_TEST(identity("facebook", page_token).at("error.error_subcode") == "458");
}

BOOST_AUTO_TEST_CASE(the_page_list_is_paged) {
    const auto tokens = connect("facebook");
    const auto first = accounts(*this, tokens.access, "1").json();
    BOOST_TEST_REQUIRE(first["data"].size() == 1U);
    const auto next = first["paging"]["next"].get<std::string>();
    BOOST_TEST_REQUIRE(next.starts_with(originOfServer()));
    const auto second = send("GET", next.substr(originOfServer().size())).json();
    BOOST_TEST(second["data"][0]["name"] == "Example Bookshop");
    BOOST_TEST(!second.contains("paging"));
    turn("facebook", "pageSize", 1);
    BOOST_TEST(accounts(*this, tokens.access).json()["data"].size() == 1U);
}

BOOST_AUTO_TEST_CASE(only_the_chosen_pages_are_listed) {
    const auto tokens =
        connect("facebook", "ada", {}, {{"channels", Json::array({"102000000000012"})}});
    const auto pages = accounts(*this, tokens.access).json()["data"];
    BOOST_TEST_REQUIRE(pages.size() == 1U);
    BOOST_TEST(pages[0]["name"] == "Example Bookshop");
}

BOOST_AUTO_TEST_CASE(a_person_without_pages_has_an_empty_list) {
    BOOST_TEST(accounts(*this, connect("facebook", "ben").access).json()["data"].empty());
}

BOOST_AUTO_TEST_CASE(pages_of_a_business_need_business_management) {
    const auto full = connect("facebook", "cleo").access;
    BOOST_TEST(accounts(*this, full).json()["data"].size() == 2U);
    const auto business = get("/facebook/v26.0/me/businesses", {{"access_token", full}})
                              .json()["data"][0]["id"]
                              .get<std::string>();
    const auto owned =
        get("/facebook/v26.0/" + business + "/owned_pages", {{"access_token", full}}).json();
    BOOST_TEST(owned["data"][0]["name"] == "Pretend Holdings");
    BOOST_TEST(get("/facebook/v26.0/" + business + "/client_pages", {{"access_token", full}})
                   .json()["data"]
                   .empty());

    const auto narrow =
        connect("facebook", "cleo", {{"scope", "pages_show_list,instagram_basic"}}).access;
    const auto visible = accounts(*this, narrow).json()["data"];
    BOOST_TEST_REQUIRE(visible.size() == 1U);
    BOOST_TEST(visible[0]["name"] == "Pretend Garage");
    BOOST_TEST(!visible[0].contains("instagram_business_account"));
    BOOST_TEST(get("/facebook/v26.0/me/businesses", {{"access_token", narrow}}).status == 403);
}

BOOST_AUTO_TEST_CASE(permissions_tell_granted_from_declined) {
    const auto access = connect("facebook").access;
    event("facebook", "ada", "scope_withdrawn", "instagram_content_publish");
    const auto data =
        get("/facebook/v26.0/me/permissions", {{"access_token", access}}).json()["data"];
    Fields status;
    for (const auto& item : data) status[item["permission"]] = item["status"];
    BOOST_TEST(status.at("instagram_basic") == "granted");
    BOOST_TEST(status.at("instagram_content_publish") == "declined");
}

BOOST_AUTO_TEST_CASE(the_first_exchange_is_a_token_call_and_the_next_a_refresh) {
    const auto tokens = connect("facebook");
    BOOST_TEST(oracle("facebook")["requests"]["token"] == 2);
    BOOST_TEST(oracle("facebook")["requests"]["refresh"] == 0);
    BOOST_TEST(refresh("facebook", tokens.access).status == 200);
    BOOST_TEST(oracle("facebook")["requests"]["refresh"] == 1);
}

BOOST_AUTO_TEST_CASE(system_user_tokens_have_no_end) {
    turn("facebook", "systemUserToken", true);
    const auto tokens = connect("facebook");
    BOOST_TEST(!tokens.body.contains("expires_in"));
    advance(400 * 86400);
    BOOST_TEST(identity("facebook", tokens.access).status == 200);
}

BOOST_AUTO_TEST_CASE(the_short_token_has_the_lifetime_of_its_switch) {
    turn("facebook", "shortTokenSeconds", 60);
    turn("facebook", "shortTokenSurvives", false);
    const auto reply = exchange("facebook", consent("facebook").get("code"));
    BOOST_TEST(reply.at("expires_in") == "60");
    BOOST_TEST(refresh("facebook", reply.at("access_token")).status == 200);
    BOOST_TEST(identity("facebook", reply.at("access_token")).status == 400);
}

BOOST_AUTO_TEST_CASE(token_errors_are_graph_errors) {
    const auto code = consent("facebook").get("code");
    BOOST_TEST(exchange("facebook", code, {{"client_secret", "wrong"}}).at("error.code") == "101");
    BOOST_TEST(exchange("facebook", code, {{"client_id", "nobody"}}).at("error.code") == "101");
    BOOST_TEST(exchange("facebook", code, {{"redirect_uri", "http://localhost/"}})
                   .at("error.error_subcode") == "36008");
    exchange("facebook", code);
    BOOST_TEST(exchange("facebook", code).at("error.error_subcode") == "36009");
    BOOST_TEST(refresh("facebook", "unknown").at("error.code") == "190");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace postato::sandbox::testing
