// What an account is told of before it stops working: the end of its grant, and permissions that
// were taken back.

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "service_world.hpp"
#include "util/json.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using persistence::AccountStatus;
using postato::testing::backends;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::hours kDay{24};

/// Grants of sixty days that cannot be renewed.
void sixtyDays(ScriptedPlatform& platform) {
    platform.gives_refresh_tokens = false;
    platform.lifetime = 60 * kDay;
}

/// The days that the account was warned of, the first warning first.
std::vector<std::int64_t> warnings(ServiceWorld& world, const AccountId& id) {
    std::vector<std::int64_t> days;
    for (const auto& event : world.accounts.events(world.workspace, id, 50, std::nullopt))
        if (event.type == "account.reconnect_soon")
            days.insert(days.begin(), parseJson(event.data).at("days").get<std::int64_t>());
    return days;
}

void passAndSweep(ServiceWorld& world, std::chrono::hours time) {
    world.db.clock.advance(time);
    for (int round = 0; round < 2; ++round) world.housekeeper.sweep();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(horizon_tests)

BOOST_DATA_TEST_CASE(an_account_is_warned_of_14_3_and_1_days_once_each, backends(), backend) {
    ServiceWorld world(backend, sixtyDays);
    const auto id = world.connect(world.workspace, "ada");
    using Days = std::vector<std::int64_t>;
    passAndSweep(world, 45 * kDay);
    BOOST_TEST(warnings(world, id) == Days{});
    passAndSweep(world, 1 * kDay);
    BOOST_TEST(warnings(world, id) == Days{14});
    passAndSweep(world, 10 * kDay);
    BOOST_TEST(warnings(world, id) == Days{14});
    passAndSweep(world, 1 * kDay);
    BOOST_TEST(warnings(world, id) == (Days{14, 3}));
    passAndSweep(world, 2 * kDay);
    BOOST_TEST(warnings(world, id) == (Days{14, 3, 1}));
    passAndSweep(world, 2 * kDay);
    BOOST_TEST(warnings(world, id) == (Days{14, 3, 1}));
    BOOST_TEST((world.account(world.workspace, id).status == AccountStatus::Connected));
}

BOOST_DATA_TEST_CASE(after_a_long_stop_only_the_nearest_warning_is_given, backends(), backend) {
    ServiceWorld world(backend, sixtyDays);
    const auto id = world.connect(world.workspace, "ada");
    passAndSweep(world, 59 * kDay + 1h);
    BOOST_TEST(warnings(world, id) == std::vector<std::int64_t>{1});
}

BOOST_DATA_TEST_CASE(a_new_consent_is_a_new_horizon, backends(), backend) {
    ServiceWorld world(backend, sixtyDays);
    const auto id = world.connect(world.workspace, "ada");
    passAndSweep(world, 59 * kDay);
    BOOST_TEST((world.connect(world.workspace, "ada") == id));
    passAndSweep(world, 45 * kDay);
    BOOST_TEST(warnings(world, id) == std::vector<std::int64_t>{1});
    passAndSweep(world, 1 * kDay);
    BOOST_TEST(warnings(world, id) == (std::vector<std::int64_t>{1, 14}));
}

BOOST_DATA_TEST_CASE(a_grant_that_never_was_long_is_not_warned_of, backends(), backend) {
    ServiceWorld world(backend, [](auto& platform) { platform.gives_refresh_tokens = false; });
    const auto id = world.connect(world.workspace, "ada");
    passAndSweep(world, 1h);
    BOOST_TEST(warnings(world, id).empty());
}

BOOST_DATA_TEST_CASE(a_disconnected_account_is_not_warned, backends(), backend) {
    ServiceWorld world(backend, sixtyDays);
    const auto id = world.connect(world.workspace, "ada");
    world.accounts.disconnect(world.workspace, id, audit::Actor::system());
    passAndSweep(world, 59 * kDay);
    BOOST_TEST(warnings(world, id).empty());
}

BOOST_DATA_TEST_CASE(a_permission_taken_back_is_told_and_ends_nothing, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    for (const auto& scopes : {std::vector<std::string>{"read", "write"}, {"read"}, {"read"}}) {
        world.platform->grants = scopes;
        world.passToDue();
        BOOST_TEST(world.refreshDue() == 1u);
    }
    const auto view = world.accounts.get(world.workspace, id);
    BOOST_TEST((view.account.status == AccountStatus::Connected));
    BOOST_TEST(view.missing_scopes == std::vector<std::string>{"write"});
    const auto events = world.accounts.events(world.workspace, id, 50, std::nullopt);
    BOOST_REQUIRE(events.size() == 2u);
    BOOST_TEST(events.front().type == "account.scopes_lost");
    BOOST_TEST(events.front().data == R"({"scopes":["write"]})");
}

BOOST_AUTO_TEST_SUITE_END()
