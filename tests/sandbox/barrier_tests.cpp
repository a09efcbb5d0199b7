// Races brought about on purpose.

#define BOOST_TEST_DYN_LINK
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <future>
#include <thread>

#include "support.hpp"

namespace postato::sandbox::testing {
namespace {

/// Asks until that many calls are held; false after ten seconds.
bool untilHeld(const Fixture& sandbox, int count) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < end) {
        int held = 0;
        const auto barriers = sandbox.get("/_sandbox/barrier").json()["barriers"];
        for (const auto& barrier : barriers) held += barrier["held"].get<int>();
        if (held == count) return true;
        std::this_thread::yield();
    }
    return false;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(barrier_tests, Fixture)

BOOST_AUTO_TEST_CASE(of_two_refreshes_with_one_token_one_wins) {
    const auto tokens = connect("twitter");
    control(
        "barrier",
        {{"platform", "twitter"}, {"endpoint", "refresh"}, {"times", 2}, {"afterChange", false}});
    const auto ask = [&] { return refresh("twitter", tokens.refresh).status; };
    auto one = std::async(std::launch::async, ask);
    auto two = std::async(std::launch::async, ask);
    BOOST_TEST_REQUIRE(untilHeld(*this, 2));
    BOOST_TEST(firstGrant("twitter")["rotations"] == 0);
    BOOST_TEST(send("DELETE", "/_sandbox/barrier?count=1").at("released") == "1");
    BOOST_TEST_REQUIRE(untilHeld(*this, 1));
    send("DELETE", "/_sandbox/barrier");
    BOOST_TEST(one.get() + two.get() == 600);  // 200 and 400
    BOOST_TEST(firstGrant("twitter")["rotations"] == 1);
    BOOST_TEST(firstGrant("twitter")["reuseAttempts"] == 1);
}

BOOST_AUTO_TEST_CASE(an_answer_can_be_held_after_its_change) {
    const auto tokens = connect("tiktok");
    control("barrier", {{"platform", "tiktok"}, {"endpoint", "refresh"}});
    auto held = std::async(std::launch::async,
                           [&] { return refresh("tiktok", tokens.refresh).at("access_token"); });
    BOOST_TEST_REQUIRE(untilHeld(*this, 1));
    BOOST_TEST(firstGrant("tiktok")["rotations"] == 1);
    revoke("tiktok", tokens.access);
    send("DELETE", "/_sandbox/barrier?platform=tiktok");
    const auto access = held.get();
    BOOST_TEST(!access.empty());
    BOOST_TEST(identity("tiktok", access).status == 401);
}

BOOST_AUTO_TEST_CASE(a_barrier_of_one_platform_does_not_hold_another) {
    control("barrier", {{"platform", "twitter"}, {"endpoint", "identity"}});
    BOOST_TEST(identity("youtube", "x").status == 401);
    BOOST_TEST(refresh("twitter", "x").status == 400);
    auto held = std::async(std::launch::async, [&] { return identity("twitter", "x").status; });
    BOOST_TEST_REQUIRE(untilHeld(*this, 1));
    BOOST_TEST(send("DELETE", "/_sandbox/barrier?platform=youtube&count=5").at("released") == "0");
    control("reset", Json::object());
    BOOST_TEST(held.get() == 401);
}

BOOST_AUTO_TEST_CASE(sixty_four_refreshes_at_once_rotate_once) {
    const auto tokens = connect("twitter");
    std::vector<std::future<int>> answers;
    for (int i = 0; i < 64; ++i) {
        answers.push_back(std::async(std::launch::async,
                                     [&] { return refresh("twitter", tokens.refresh).status; }));
    }
    int won = 0;
    for (auto& answer : answers) won += answer.get() == 200 ? 1 : 0;
    BOOST_TEST(won == 1);
    BOOST_TEST(firstGrant("twitter")["reuseAttempts"] == 63);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace postato::sandbox::testing
