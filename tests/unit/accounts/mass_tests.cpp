// Ten thousand accounts through everything a platform does when it is not well. It takes minutes,
// so it runs when asked for: postato_accounts_tests --run_test=mass_tests --log_level=message

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "accounts/workers.hpp"
#include "service_world.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using postato::testing::backends;
using sdk::ErrorKind;
using namespace std::chrono_literals;

namespace postato::accounts::testing {

constexpr int kAccounts = 10'000;

struct MassWorld : ServiceWorld {
    explicit MassWorld(const postato::testing::Backend& backend) : ServiceWorld(backend) {
        for (int i = 0; i < kAccounts; ++i) connect(workspace, "person" + std::to_string(i));
        passToDue();
    }

    /// Everything that is due, until nothing is.
    void catchUp() {
        while (refreshDue() > 0) {
        }
    }
    /// Lets time and the worker go on, a minute at a time.
    void goOn(std::chrono::minutes time) {
        for (std::chrono::minutes passed{0}; passed < time; ++passed) {
            db.clock.advance(1min);
            catchUp();
        }
    }
    std::int64_t count(const std::string& what) {
        return db.number("SELECT COUNT(*) FROM " + what);
    }
    std::int64_t connected() { return count("social_accounts WHERE status = 'connected'"); }
    std::int64_t incidents(const std::string& cause) {
        return count("platform_incidents WHERE cause = '" + cause + "'");
    }
    std::int64_t openIncidents() { return count("platform_incidents WHERE closed_at IS NULL"); }
};

}  // namespace postato::accounts::testing

BOOST_AUTO_TEST_SUITE(mass_tests, *boost::unit_test::disabled())

BOOST_DATA_TEST_CASE(a_platform_that_is_not_well_costs_no_account, backends(), backend) {
    MassWorld world(backend);
    // One account in a hundred is refused once, for no reason.
    std::atomic<int> calls{0};
    world.platform->during_refresh = [&] {
        if (++calls <= kAccounts && calls % 100 == 0)
            world.platform->nextRefresh(errorOf(ErrorKind::InvalidGrant));
    };
    world.catchUp();
    BOOST_TEST(world.count("social_account_tokens WHERE rejects > 0") == kAccounts / 100);
    world.goOn(5min);
    BOOST_TEST(world.connected() == kAccounts);
    BOOST_TEST(world.count("social_account_tokens WHERE generation = 2") == kAccounts);
    BOOST_TEST(world.count("platform_incidents") == 0);

    // For six hours it answers with 5xx and 429.
    world.db.clock.advance(100min);
    std::atomic<int> failures{0};
    world.platform->during_refresh = [&] {
        world.platform->nextRefresh(
            errorOf(++failures % 2 == 0 ? ErrorKind::Transient : ErrorKind::RateLimited));
    };
    world.goOn(6h);
    BOOST_TEST(world.connected() == kAccounts);
    BOOST_TEST(world.incidents("platform_unavailable") == 1);
    BOOST_TEST(world.openIncidents() == 1);
    BOOST_TEST_MESSAGE("calls in six hours of outage: " << failures);

    world.platform->during_refresh = [] {};
    world.platform->forgetErrors();
    world.goOn(45min);
    BOOST_TEST(world.count("social_account_tokens WHERE generation = 3") == kAccounts);
    BOOST_TEST(world.openIncidents() == 0);

    // Then our client secret is wrong for an hour.
    world.db.clock.advance(60min);
    world.platform->during_refresh = [&] {
        world.platform->nextRefresh(errorOf(ErrorKind::Misconfigured));
    };
    world.goOn(60min);
    BOOST_TEST(world.connected() == kAccounts);
    BOOST_TEST(world.incidents("app_refused") == 1);
    world.platform->during_refresh = [] {};
    world.platform->forgetErrors();
    world.goOn(45min);
    BOOST_TEST(world.count("social_account_tokens WHERE generation = 4") == kAccounts);

    BOOST_TEST(world.connected() == kAccounts);
    BOOST_TEST(world.platform->reuses() == 0);
    BOOST_TEST(world.openIncidents() == 0);
    BOOST_TEST(world.incidents("platform_unavailable") == 1);
    BOOST_TEST(world.incidents("app_refused") == 1);
    BOOST_TEST(world.incidents("many_rejected") == 0);
}

BOOST_DATA_TEST_CASE(all_due_at_once_stay_under_the_cap, backends(), backend) {
    constexpr int kCap = 64;
    constexpr auto kAnswerTime = 200ms;
    MassWorld world(backend);
    std::atomic<int> at_the_platform{0}, most{0};
    world.platform->during_refresh = [&] {
        const int now = ++at_the_platform;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        std::this_thread::sleep_for(kAnswerTime);  // the platform takes its time
        --at_the_platform;
    };
    Workers workers(world.gateway, world.refresher, world.settling, world.revocations,
                    world.housekeeper, world.log, {.refreshes_per_platform = kCap}, {});
    const auto began = std::chrono::steady_clock::now();
    workers.start();
    while (world.platform->refreshes() < kAccounts) std::this_thread::sleep_for(50ms);
    workers.stop();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const std::chrono::duration<double> ideal = kAnswerTime * (double{kAccounts} / kCap);
    BOOST_TEST(most == kCap);
    BOOST_TEST(world.count("social_account_tokens WHERE generation = 2") == kAccounts);
    BOOST_TEST(world.connected() == kAccounts);
    BOOST_TEST(world.platform->reuses() == 0);
    BOOST_TEST_MESSAGE(kAccounts << " due at once, " << kCap << " at a time, " << took.count()
                                 << " s: " << took.count() / ideal.count()
                                 << " of what the platform's answers alone take");
}

BOOST_AUTO_TEST_SUITE_END()
