// The consent page as a browser without script sees and submits it.

#define BOOST_TEST_DYN_LINK
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "support.hpp"

namespace postato::sandbox::testing {
namespace {

/// Where the page's form goes to.
std::string formAction(const Reply& page) {
    const std::string mark = "action=\"";
    const auto from = page.body.find(mark) + mark.size();
    return page.body.substr(from, page.body.find('"', from) - from);
}

bool has(const Reply& page, const std::string& text) {
    return page.body.find(text) != std::string::npos;
}

Reply submit(const Fixture& sandbox, const std::string& action, const std::string& form) {
    return sandbox.send("POST", action, {{"Content-Type", "application/x-www-form-urlencoded"}},
                        form);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(consent_page_tests, Fixture)

BOOST_DATA_TEST_CASE(the_page_shows_people_app_and_scopes, boost::unit_test::data::make(kPlatforms),
                     platform) {
    const auto page = authorize(platform);
    BOOST_TEST_REQUIRE(page.status == 200);
    BOOST_TEST(has(page, "Sandbox"));
    BOOST_TEST(has(page, "sandbox-" + platform));
    BOOST_TEST(has(page, "data-person=\"ada\""));
    BOOST_TEST(has(page, "id=\"allow\""));
    BOOST_TEST(has(page, "id=\"deny\""));
    BOOST_TEST(has(page, "data-scope="));
    const bool ticks = platform == "tiktok" || platform == "youtube" || platform == "instagram";
    BOOST_TEST(has(page, "name=\"scope\"") == ticks);
    BOOST_TEST(has(page, "id=\"cancel-login\"") == (platform == "linkedin"));
    BOOST_TEST(!has(page, "<script"));
    BOOST_TEST(page.header("Content-Security-Policy").find("form-action") == std::string::npos);
}

BOOST_DATA_TEST_CASE(allow_and_deny_lead_back, boost::unit_test::data::make(kPlatforms), platform) {
    const auto allowed = submit(*this, formAction(authorize(platform)),
                                "person=ben&decision=approve&scope=user.info.basic");
    BOOST_TEST(allowed.status == (platform == "youtube" ? 422 : 303));
    const auto denied = submit(*this, formAction(authorize(platform)), "person=ben&decision=deny");
    BOOST_TEST(denied.status == 303);
    const auto callback = parseCallback(denied.header("Location"));
    BOOST_TEST(callback.parameters.has("error"));
    BOOST_TEST(callback.get("state") == "a state/with+odd=characters");
}

BOOST_AUTO_TEST_CASE(a_double_click_leads_to_the_same_place) {
    const auto action = formAction(authorize("twitter"));
    const auto first = submit(*this, action, "person=ada&decision=approve");
    const auto second = submit(*this, action, "person=ada&decision=approve");
    BOOST_TEST(first.status == 303);
    BOOST_TEST(first.header("Location") == second.header("Location"));
    const auto code = parseCallback(first.header("Location")).get("code");
    BOOST_TEST(exchange("twitter", code).status == 200);
}

BOOST_AUTO_TEST_CASE(unticked_scopes_are_not_granted) {
    const auto back = submit(*this, formAction(authorize("tiktok")),
                             "person=ada&decision=approve&scope=user.info.basic");
    const auto callback = parseCallback(back.header("Location"));
    BOOST_TEST(callback.get("scopes") == "user.info.basic");
}

BOOST_AUTO_TEST_CASE(a_form_cannot_grant_what_was_not_asked) {
    const auto back = submit(*this, formAction(authorize("tiktok")),
                             "person=ada&decision=approve&scope=user.info.basic&scope=video.list");
    BOOST_TEST(parseCallback(back.header("Location")).get("scopes") == "user.info.basic");
}

BOOST_AUTO_TEST_CASE(channels_are_chosen_where_there_is_a_choice) {
    const auto page = authorize("youtube");
    BOOST_TEST(has(page, "data-channels-of=\"ben\""));
    BOOST_TEST(!has(page, "data-channels-of=\"ada\""));
    const std::string scopes = "&scope=https://www.googleapis.com/auth/youtube.readonly";
    const auto action = formAction(page);
    const auto none = submit(*this, action, "person=ben&decision=approve" + scopes);
    BOOST_TEST(none.status == 422);
    BOOST_TEST(has(none, "Choose at least one channel"));
    // The hidden boxes of another person do no harm.
    const auto one = submit(*this, action,
                            "person=ben&decision=approve&channel=UCsandboxBenMusic0000003"
                            "&channel=UCsandboxAdaExample00001" +
                                scopes);
    const auto code = parseCallback(one.header("Location")).get("code");
    const auto access = exchange("youtube", code).at("access_token");
    const auto items = identity("youtube", access).json()["items"];
    BOOST_TEST_REQUIRE(items.size() == 1U);
    BOOST_TEST(items[0]["id"] == "UCsandboxBenMusic0000003");
    BOOST_TEST(has(authorize("facebook"), "data-channel=\"102000000000011\""));
}

BOOST_AUTO_TEST_CASE(linkedin_can_be_left_at_the_sign_in) {
    const auto back = submit(*this, formAction(authorize("linkedin")), "decision=cancel_login");
    BOOST_TEST(parseCallback(back.header("Location")).get("error") == "user_cancelled_login");
}

BOOST_AUTO_TEST_CASE(somebody_has_to_be_chosen) {
    BOOST_TEST(submit(*this, formAction(authorize("twitter")), "decision=approve").status == 422);
    BOOST_TEST(
        submit(*this, formAction(authorize("twitter")), "person=eve&decision=approve").status ==
        422);
}

BOOST_AUTO_TEST_CASE(an_unknown_page_says_so) {
    const auto reply = submit(*this, "/_sandbox/authorizations/unknown", "decision=approve");
    BOOST_TEST(reply.status == 404);
    BOOST_TEST(get("/_sandbox/authorizations/unknown").status == 404);
}

BOOST_AUTO_TEST_CASE(a_personal_account_meets_a_page_and_can_choose_again) {
    const auto action = formAction(authorize("instagram"));
    const std::string scope = "&scope=instagram_business_basic";
    const auto refused = submit(*this, action, "person=pat&decision=approve" + scope);
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(has(refused, "data-testid=\"error\""));
    BOOST_TEST(submit(*this, action, "person=ada&decision=approve" + scope).status == 303);
}

BOOST_AUTO_TEST_CASE(nobody_is_remembered_unless_the_switch_says_so) {
    connect("instagram", "ben");
    BOOST_TEST(has(authorize("instagram"), "data-person=\"ada\""));
    turn("instagram", "signedIn", true);
    BOOST_TEST(!has(authorize("instagram"), "data-person=\"ada\""));
    BOOST_TEST(has(authorize("instagram"), "data-person=\"ben\""));
    BOOST_TEST(has(authorize("instagram", {{"force_reauth", "true"}}), "data-person=\"ada\""));
}

BOOST_AUTO_TEST_CASE(what_the_app_sends_is_escaped) {
    control("clients",
            {{"platform", "twitter"}, {"clientId", "<b>\"evil\"</b>"}, {"clientSecret", "s"}});
    const auto page = authorize("twitter", {{"client_id", "<b>\"evil\"</b>"}});
    BOOST_TEST(page.status == 200);
    BOOST_TEST(!has(page, "<b>\"evil"));
    BOOST_TEST(has(page, "&lt;b&gt;&quot;evil&quot;"));
    const auto error = authorize("twitter", {{"redirect_uri", "http://x/<script>"}});
    BOOST_TEST(!has(error, "<script"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace postato::sandbox::testing
