#include "accounts/platform_breaker.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "service_world.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using persistence::AccountStatus;
using postato::testing::backends;
using sdk::ErrorKind;
using Change = PlatformBreaker::Change;
using namespace std::chrono_literals;

namespace {

struct Breaker {
    Change fails(ErrorKind kind, const std::string& account = "acc_1") {
        return breaker.failed(account, kind, clock.now());
    }
    Change succeeds() { return breaker.succeeded(clock.now()); }
    std::size_t admits(std::size_t wanted = 8) { return breaker.admitted(wanted, clock.now()); }

    FakeClock clock;
    postato::testing::TestRandom random;
    BreakerPolicy policy;
    PlatformBreaker breaker{policy, random};
};

}  // namespace

namespace postato::accounts::testing {

/// Many accounts, all due.
static std::vector<AccountId> connectMany(ServiceWorld& world, int count) {
    std::vector<AccountId> ids;
    for (int i = 0; i < count; ++i)
        ids.push_back(world.connect(world.workspace, "person" + std::to_string(i)));
    world.passToDue();
    return ids;
}

/// Lets time and the worker go on, step by step.
static void goOn(ServiceWorld& world, std::chrono::minutes time) {
    for (std::chrono::seconds passed{0}; passed < time; passed += 30s) {
        world.db.clock.advance(30s);
        world.refreshDue();
    }
}

static std::size_t connected(ServiceWorld& world, const std::vector<AccountId>& ids) {
    std::size_t count = 0;
    for (const auto& id : ids)
        count += world.account(world.workspace, id).status == AccountStatus::Connected;
    return count;
}

}  // namespace postato::accounts::testing

BOOST_AUTO_TEST_SUITE(platform_breaker_tests)

BOOST_FIXTURE_TEST_CASE(a_refused_app_pauses_at_the_second_refusal_in_a_row, Breaker) {
    BOOST_TEST((fails(ErrorKind::Misconfigured) == Change::None));
    BOOST_TEST((succeeds() == Change::None));
    BOOST_TEST((fails(ErrorKind::Misconfigured) == Change::None));
    BOOST_TEST(admits() == 8u);
    BOOST_TEST((fails(ErrorKind::Misconfigured, "acc_2") == Change::Opened));
    BOOST_TEST((breaker.incident() == Incident::AppRefused));
    BOOST_TEST(admits() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_platform_that_comes_back_refusing_everybody_is_another_incident,
                        Breaker) {
    for (int i = 0; i < 5; ++i) fails(ErrorKind::Transient);
    BOOST_TEST((breaker.incident() == Incident::PlatformUnavailable));
    BOOST_TEST(!breaker.believesRejections(clock.now()));
    for (int i = 0; i < 4; ++i)
        BOOST_TEST((fails(ErrorKind::InvalidGrant, std::to_string(i)) == Change::None));
    BOOST_TEST((fails(ErrorKind::InvalidGrant, "5") == Change::Turned));
    BOOST_TEST((breaker.incident() == Incident::ManyRejected));
    BOOST_TEST(!breaker.believesRejections(clock.now()));
    clock.advance(policy.disbelief);
    BOOST_TEST(breaker.believesRejections(clock.now()));
}

BOOST_FIXTURE_TEST_CASE(a_platform_that_comes_back_refusing_our_app_is_another_incident, Breaker) {
    for (int i = 0; i < 5; ++i) fails(ErrorKind::Transient);
    BOOST_TEST((fails(ErrorKind::Misconfigured) == Change::None));
    BOOST_TEST((fails(ErrorKind::Transient) == Change::None));  // it is away again
    BOOST_TEST((fails(ErrorKind::Misconfigured) == Change::None));
    BOOST_TEST((fails(ErrorKind::Misconfigured) == Change::Turned));
    BOOST_TEST((breaker.incident() == Incident::AppRefused));
    BOOST_TEST((fails(ErrorKind::Transient) == Change::None));  // the operator's news stays
    BOOST_TEST((breaker.incident() == Incident::AppRefused));
}

BOOST_FIXTURE_TEST_CASE(a_paused_platform_gets_one_probe_at_a_time, Breaker) {
    for (int i = 0; i < 2; ++i) fails(ErrorKind::Misconfigured);
    clock.advance(policy.probe_first / 2 - 1ms);
    BOOST_TEST(admits() == 0u);
    clock.advance(policy.probe_first / 2 + 1ms);
    BOOST_TEST(admits() == 1u);
    BOOST_TEST(admits() == 1u);  // asking begins nothing
    breaker.began(clock.now());
    BOOST_TEST(admits() == 0u);
    BOOST_TEST((fails(ErrorKind::Misconfigured) == Change::None));
    BOOST_TEST(admits() == 0u);
    clock.advance(2 * policy.probe_first);
    BOOST_TEST(admits() == 1u);
    breaker.began(clock.now());
    BOOST_TEST((succeeds() == Change::Closed));
    BOOST_TEST(!breaker.incident().has_value());
    BOOST_TEST(admits() == 8u);
}

BOOST_FIXTURE_TEST_CASE(probes_come_more_seldom_but_never_stop, Breaker) {
    for (int i = 0; i < 2; ++i) fails(ErrorKind::Misconfigured);
    for (int probe = 0; probe < 20; ++probe) {
        clock.advance(policy.probe_longest);
        BOOST_TEST(admits() == 1u);
        breaker.began(clock.now());
        fails(ErrorKind::Misconfigured);
    }
    breaker.began(clock.now());  // and this one is never heard of again
    clock.advance(policy.probe_lost);
    BOOST_TEST(admits() == 1u);
}

BOOST_FIXTURE_TEST_CASE(passing_failures_pause_when_half_of_the_last_ten_failed, Breaker) {
    for (int i = 0; i < 40; ++i) {  // two in five
        const auto change = i % 5 < 2 ? fails(ErrorKind::Transient) : succeeds();
        BOOST_TEST((change == Change::None));
    }
    Change change = Change::None;
    int failures = 0;
    while (change == Change::None) {
        change = fails(ErrorKind::RateLimited);
        ++failures;
    }
    BOOST_TEST((change == Change::Opened));
    BOOST_TEST(failures <= 5);
    BOOST_TEST((breaker.incident() == Incident::PlatformUnavailable));
    BOOST_TEST(!breaker.believesRejections(clock.now()));
}

BOOST_FIXTURE_TEST_CASE(noise_never_looks_like_a_mass_rejection, Breaker) {
    for (int i = 0; i < 10'000; ++i) {
        const auto account = "acc_" + std::to_string(i);
        const auto change = i % 100 == 0 ? fails(ErrorKind::InvalidGrant, account) : succeeds();
        BOOST_REQUIRE((change == Change::None));
    }
}

BOOST_FIXTURE_TEST_CASE(one_account_s_rejections_are_its_own, Breaker) {
    for (int i = 0; i < 20; ++i)
        BOOST_TEST((fails(ErrorKind::InvalidGrant, "acc_1") == Change::None));
    BOOST_TEST(breaker.believesRejections(clock.now()));
}

BOOST_FIXTURE_TEST_CASE(many_rejections_are_not_believed_for_a_day, Breaker) {
    for (std::size_t i = 0; i < policy.rejected; ++i)
        fails(ErrorKind::InvalidGrant, "acc_" + std::to_string(i));
    BOOST_TEST((breaker.incident() == Incident::ManyRejected));
    BOOST_TEST(!breaker.believesRejections(clock.now()));
    clock.advance(policy.disbelief - 1ms);
    BOOST_TEST(!breaker.believesRejections(clock.now()));
    clock.advance(1ms);
    BOOST_TEST(breaker.believesRejections(clock.now()));
}

BOOST_DATA_TEST_CASE(a_wrong_client_secret_costs_no_account_and_is_one_incident, backends(),
                     backend) {
    ServiceWorld world(backend);
    const auto ids = connectMany(world, 20);
    for (int i = 0; i < 1000; ++i) world.platform->nextRefresh(errorOf(ErrorKind::Misconfigured));
    goOn(world, 20min);
    BOOST_TEST(connected(world, ids) == ids.size());
    const auto calls = world.platform->refreshes();
    BOOST_TEST(calls < 60);
    BOOST_REQUIRE(world.breakers.open().size() == 1u);
    BOOST_TEST(world.breakers.open().front().platform == kPlatform);
    BOOST_TEST(world.breakers.open().front().cause == "app_refused");

    world.platform->forgetErrors();  // the operator has put it right, and does nothing else
    goOn(world, 20min);
    BOOST_TEST(world.breakers.open().empty());
    for (const auto& id : ids)
        BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 2);
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM platform_incidents") == 1);
}

BOOST_DATA_TEST_CASE(a_platform_that_refuses_everybody_loses_nobody, backends(), backend) {
    ServiceWorld world(backend);
    const auto ids = connectMany(world, 20);
    for (int i = 0; i < 1000; ++i) world.platform->nextRefresh(errorOf(ErrorKind::InvalidGrant));
    goOn(world, 30min);
    BOOST_TEST(connected(world, ids) == ids.size());
    BOOST_REQUIRE(world.breakers.open().size() == 1u);
    BOOST_TEST(world.breakers.open().front().cause == "many_rejected");
    world.platform->forgetErrors();
    goOn(world, 60min);
    BOOST_TEST(world.breakers.open().empty());
    BOOST_TEST(connected(world, ids) == ids.size());
}

BOOST_DATA_TEST_CASE(an_incident_of_a_process_that_is_gone_ends_with_the_next_success, backends(),
                     backend) {
    ServiceWorld world(backend);
    connectMany(world, 1);
    world.db->write([&](persistence::Transaction& tx) {
        persistence::IncidentRepository(tx).open(kPlatform, "platform_unavailable",
                                                 world.db.random);
    });
    world.breakers.reconcile();
    BOOST_TEST(world.breakers.open().size() == 1u);  // nobody has heard of the platform since
    world.db.clock.advance(1s);
    BOOST_TEST(world.refreshDue() == 1u);
    world.breakers.reconcile();
    BOOST_TEST(world.breakers.open().empty());
}

BOOST_DATA_TEST_CASE(an_incident_the_database_missed_is_told_later, backends(), backend) {
    ServiceWorld world(backend);
    world.db.sql("ALTER TABLE platform_incidents RENAME TO elsewhere");
    for (int i = 0; i < 2; ++i) world.breakers.failed(kPlatform, "acc_1", ErrorKind::Misconfigured);
    world.db.sql("ALTER TABLE elsewhere RENAME TO platform_incidents");
    BOOST_TEST(world.breakers.open().empty());
    world.breakers.reconcile();
    world.breakers.reconcile();
    BOOST_TEST(world.breakers.open().size() == 1u);
}

BOOST_DATA_TEST_CASE(an_incident_that_another_process_has_opened_is_believed, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.db->write([&](persistence::Transaction& tx) {
        persistence::IncidentRepository(tx).open(kPlatform, "many_rejected", world.db.random);
    });
    world.passToDue();
    for (int i = 0; i < 3; ++i) {
        world.platform->nextRefresh(errorOf(ErrorKind::InvalidGrant));
        world.refreshDue();
        world.db.clock.advance(40min);
    }
    BOOST_TEST(world.platform->refreshes() == 3);
    BOOST_TEST((world.account(world.workspace, id).status == AccountStatus::Connected));
}

BOOST_DATA_TEST_CASE(trouble_that_another_process_has_is_its_own, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.db->write([&](persistence::Transaction& tx) {
        persistence::IncidentRepository(tx).open(kPlatform, "platform_unavailable",
                                                 world.db.random);
    });
    world.passToDue();
    for (int i = 0; i < 2; ++i) {
        world.platform->nextRefresh(errorOf(ErrorKind::InvalidGrant));
        world.refreshDue();
        world.db.clock.advance(2min);
    }
    BOOST_TEST((world.account(world.workspace, id).status == AccountStatus::TokenExpired));
}

BOOST_FIXTURE_TEST_CASE(one_success_is_no_proof_that_all_are_served, Breaker) {
    for (std::size_t i = 0; i < policy.rejected; ++i)
        fails(ErrorKind::InvalidGrant, "acc_" + std::to_string(i));
    BOOST_TEST((succeeds() == Change::Closed));
    BOOST_TEST(!breaker.believesRejections(clock.now()));
    clock.advance(policy.aftermath);
    BOOST_TEST(breaker.believesRejections(clock.now()));
}

BOOST_DATA_TEST_CASE(who_cannot_be_asked_for_does_not_use_up_a_probe, backends(), backend) {
    ServiceWorld world(backend);
    const auto ids = connectMany(world, 2);
    world.db.sql("UPDATE social_accounts SET client_id = 'the former app' WHERE id = '" +
                 ids.at(0).str() + "'");
    world.db.sql(
        "UPDATE social_account_tokens SET next_refresh_at = next_refresh_at - 60000 "
        "WHERE account_id = '" +
        ids.at(0).str() + "'");
    for (int i = 0; i < 2; ++i)
        world.breakers.failed(kPlatform, "acc_" + std::to_string(i), ErrorKind::Misconfigured);
    world.passToDue();
    BOOST_TEST(world.refreshDue() == 1u);  // the one that cannot be asked for
    BOOST_TEST(world.platform->refreshes() == 0);
    BOOST_TEST(world.refreshDue() == 1u);
    BOOST_TEST(world.platform->refreshes() == 1);
    BOOST_TEST(world.breakers.open().empty());
}

BOOST_AUTO_TEST_SUITE_END()
