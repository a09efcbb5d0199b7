// Refreshes that somebody asks for: a person by hand, or whoever needs a token that lives.

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "service_world.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using persistence::AccountStatus;
using postato::testing::backends;
using sdk::ErrorKind;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(on_demand_refresh_tests)

BOOST_DATA_TEST_CASE(nobody_asks_again_by_hand_while_an_answer_is_in_doubt, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.platform->nextRefresh(errorOf(ErrorKind::Ambiguous));
    BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).reason == "platform_unavailable");
    world.db.clock.advance(61s);
    BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).reason == "in_doubt");
    BOOST_TEST(world.platform->refreshes() == 1);
    world.db.clock.advance(3h);  // nothing is left to lose
    BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).refreshed);
    BOOST_TEST(!world.tokens(world.workspace, id)->state.in_doubt_since.has_value());
}

BOOST_DATA_TEST_CASE(a_second_opinion_by_hand_has_to_wait_too, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    world.platform->nextRefresh(errorOf(ErrorKind::InvalidGrant));
    BOOST_TEST(world.refreshDue() == 1u);
    world.platform->nextRefresh(errorOf(ErrorKind::InvalidGrant));
    BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).reason == "confirming");
    BOOST_TEST(world.on_demand.fresh(world.workspace, id, 24h).has_value());  // as it is
    BOOST_TEST(world.platform->refreshes() == 1);
    world.db.clock.advance(10min);  // past its end: still no call before its time
    world.platform->forgetErrors();
    BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).refreshed);
    BOOST_TEST((world.account(world.workspace, id).status == AccountStatus::Connected));
}

BOOST_DATA_TEST_CASE(whoever_waits_for_a_refusal_does_not_ask_again, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    for (int i = 0; i < 2; ++i) world.platform->nextRefresh(errorOf(ErrorKind::InvalidGrant));
    const auto another = world.anotherProcess("elsewhere");
    std::string reason;
    std::jthread caller;
    const auto statements = world.db->statementsRun();
    world.platform->during_refresh = [&] {
        caller = std::jthread(
            [&] { reason = another->on_demand.refreshNow(world.workspace, id).reason; });
    };
    BOOST_TEST(world.refreshDue() == 1u);
    caller.join();
    BOOST_TEST(world.db->statementsRun() > statements);
    BOOST_TEST(reason == "confirming");
    BOOST_TEST(world.platform->refreshes() == 1);
    BOOST_TEST((world.account(world.workspace, id).status == AccountStatus::Connected));
}

namespace {

struct Cause {
    ErrorKind kind;
    const char* reason;
};
constexpr Cause kCauses[] = {
    {ErrorKind::Misconfigured, "app_misconfigured"},
    {ErrorKind::Transient, "platform_unavailable"},
};

}  // namespace

BOOST_DATA_TEST_CASE(a_paused_platform_is_not_asked_by_hand_either, backends(), backend) {
    for (const auto& [kind, reason] : kCauses) {
        ServiceWorld world(backend);
        const auto id = world.connect(world.workspace, "ada");
        for (int i = 0; i < 5; ++i)
            world.breakers.failed(kPlatform, "acc_" + std::to_string(i), kind);
        world.db.clock.advance(3h);
        world.breakers.began(kPlatform);  // its probe is under way
        BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).reason == reason);
        BOOST_TEST(world.platform->refreshes() == 0);
    }
}

BOOST_DATA_TEST_CASE(whoever_comes_after_a_failure_is_told_its_cause, backends(), backend) {
    for (const auto& [kind, reason] : kCauses) {
        ServiceWorld world(backend);
        const auto id = world.connect(world.workspace, "ada");
        world.db.clock.advance(3h);  // its token has ended
        world.platform->nextRefresh(errorOf(kind));
        BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).reason == reason);
        BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).reason == reason);
        BOOST_TEST(world.platform->refreshes() == 1);
    }
}

BOOST_DATA_TEST_CASE(whoever_joins_a_failure_is_told_its_cause, backends(), backend) {
    for (const auto& [kind, reason] : kCauses) {
        ServiceWorld world(backend);
        const auto id = world.connect(world.workspace, "ada");
        world.db.clock.advance(3h);
        world.platform->nextRefresh(errorOf(kind));
        const auto another = world.anotherProcess("elsewhere");
        const auto statements = world.db->statementsRun();
        std::string told;
        std::jthread caller;
        world.platform->during_refresh = [&] {
            caller = std::jthread(
                [&] { told = another->on_demand.refreshNow(world.workspace, id).reason; });
        };
        BOOST_TEST(world.refreshDue() == 1u);
        caller.join();
        BOOST_TEST(world.db->statementsRun() > statements);
        BOOST_TEST(told == reason);
        BOOST_TEST(world.platform->refreshes() == 1);
    }
}

BOOST_DATA_TEST_CASE(what_is_known_of_the_platform_outweighs_the_account_s_last_try, backends(),
                     backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.db.clock.advance(3h);
    world.platform->nextRefresh(errorOf(ErrorKind::Transient));
    BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).reason == "platform_unavailable");
    for (int i = 0; i < 2; ++i) world.breakers.failed(kPlatform, "acc_1", ErrorKind::Misconfigured);
    BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).reason == "app_misconfigured");
}

BOOST_DATA_TEST_CASE(many_callers_and_two_processes_make_one_call, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    const auto other = backend.dialect == persistence::Dialect::Postgresql
                           ? world.anotherProcess()
                           : nullptr;  // SQLite is for one process
    world.db.clock.advance(3h);
    std::vector<std::jthread> callers;
    std::atomic<int> served{0};
    for (int i = 0; i < 64; ++i)
        callers.emplace_back([&, i] {
            auto& on_demand = other && i % 2 == 1 ? other->on_demand : world.on_demand;
            const auto fresh = on_demand.fresh(world.workspace, id, 1min);
            if (fresh && fresh->access_token.reveal() == "access-ada-2") ++served;
        });
    callers.clear();
    BOOST_TEST(world.platform->refreshes() == 1);
    BOOST_TEST(served.load() == 64);
}

BOOST_DATA_TEST_CASE(asking_again_within_a_minute_is_too_soon_unless_expired, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).reason == "refreshed");
    BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).reason == "too_soon");
    world.db.clock.advance(61s);
    BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).reason == "refreshed");
    world.db.clock.advance(3h);
    BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).refreshed);
    world.db.clock.advance(3h);
    BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).refreshed);
}

BOOST_DATA_TEST_CASE(a_still_living_token_is_served_while_its_refresh_is_delayed, backends(),
                     backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.platform->nextRefresh(errorOf(ErrorKind::Transient));
    world.passToDue();
    const auto served = world.on_demand.fresh(world.workspace, id, 5min);
    BOOST_REQUIRE(served.has_value());
    BOOST_TEST(std::string(served->access_token.reveal()) == "access-ada-1");
}

BOOST_DATA_TEST_CASE(by_hand_too_nothing_is_spent_that_another_machine_may_have_spent, backends(),
                     backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.policy.calm = 60s;
    const auto elsewhere = world.anotherProcess("elsewhere");
    world.openGate(elsewhere->refresher, false);
    BOOST_TEST(elsewhere->on_demand.refreshNow(world.workspace, id).reason == "settling");
    BOOST_TEST(elsewhere->on_demand.fresh(world.workspace, id, 24h).has_value());  // it lives
    BOOST_TEST(world.platform->refreshes() == 0);
    world.db.clock.advance(61s);
    elsewhere->refresher.gate().lookedAgain();
    BOOST_TEST(elsewhere->on_demand.refreshNow(world.workspace, id).refreshed);
}

BOOST_DATA_TEST_CASE(where_nothing_is_spent_nobody_has_to_wait, backends(), backend) {
    ServiceWorld world(backend, [](auto& platform) {
        platform.facts.rotation = sdk::Rotation::None;
        platform.answers_refresh_token = false;
    });
    const auto id = world.connect(world.workspace, "ada");
    world.policy.calm = 60s;
    const auto elsewhere = world.anotherProcess("elsewhere");
    world.openGate(elsewhere->refresher, false);
    BOOST_TEST(elsewhere->on_demand.refreshNow(world.workspace, id).refreshed);
}

BOOST_DATA_TEST_CASE(nothing_is_claimed_from_another_database_than_the_settled_one, backends(),
                     backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    world.refresher.gate().open("another", true);
    BOOST_TEST(world.refreshDue() == 0u);
    BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).reason == "settling");
    BOOST_TEST(world.platform->refreshes() == 0);
    world.settling.beat();
    BOOST_TEST(world.refreshDue() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
