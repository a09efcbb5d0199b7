#define BOOST_TEST_DYN_LINK
#include <boost/test/unit_test.hpp>

#include "support.hpp"

namespace postato::sandbox::testing {

BOOST_FIXTURE_TEST_SUITE(people_tests, Fixture)

BOOST_AUTO_TEST_CASE(every_platform_has_people) {
    for (const auto& platform : kPlatforms) {
        const auto people = get("/_sandbox/people", {{"platform", platform}}).json()["people"];
        BOOST_TEST(people.size() >= 3U);
        for (const auto& person : people) {
            BOOST_TEST(!person["id"].get<std::string>().empty());
            BOOST_TEST(!person["name"].get<std::string>().empty());
            BOOST_TEST(!person["handle"].get<std::string>().empty());
            BOOST_TEST(!person.contains("platform"));
        }
    }
    BOOST_TEST(get("/_sandbox/people").json()["people"][0]["platform"] == "twitter");
}

BOOST_AUTO_TEST_CASE(channels_are_listed_with_their_owners) {
    const auto youtube = get("/_sandbox/people", {{"platform", "youtube"}}).json()["people"];
    BOOST_TEST(youtube[0]["channels"].size() == 1U);
    BOOST_TEST(youtube[1]["channels"].size() == 2U);
    BOOST_TEST(!youtube[2].contains("channels"));
    const auto facebook = get("/_sandbox/people", {{"platform", "facebook"}}).json()["people"];
    BOOST_TEST(facebook[0]["channels"][1]["instagram"]["username"] == "example.bookshop");
    BOOST_TEST(!facebook[1].contains("channels"));
}

BOOST_AUTO_TEST_CASE(a_person_can_remove_one_app_and_keep_another) {
    control("clients", {{"platform", "tiktok"}, {"clientId", "other"}, {"clientSecret", "s"}});
    const auto kept = connect("tiktok");
    const auto code = consent("tiktok", "ada", {{"client_key", "other"}}).get("code");
    const Fields other = {{"client_key", "other"}, {"client_secret", "s"}};
    const auto removed = exchange("tiktok", code, other).at("access_token");
    control("people/ada/revoke", {{"platform", "tiktok"}, {"clientId", "other"}});
    BOOST_TEST(identity("tiktok", kept.access).status == 200);
    BOOST_TEST(identity("tiktok", removed).status == 401);
}

BOOST_AUTO_TEST_CASE(people_of_the_same_name_are_apart_on_each_platform) {
    const auto tokens = connect("twitter");
    connect("tiktok");
    control("people/ada/revoke", {{"platform", "tiktok"}});
    BOOST_TEST(identity("twitter", tokens.access).status == 200);
}

BOOST_AUTO_TEST_CASE(a_withdrawn_scope_is_missing_from_then_on) {
    const auto tokens = connect("twitter");
    event("twitter", "ada", "scope_withdrawn", "users.read");
    BOOST_TEST(identity("twitter", tokens.access).status == 403);
    const auto next = refresh("twitter", tokens.refresh);
    BOOST_TEST(next.at("scope").find("users.read") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace postato::sandbox::testing
