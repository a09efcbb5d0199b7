#include <barrier>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "service_world.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using postato::testing::backends;
using sdk::ErrorKind;
using namespace std::chrono_literals;

namespace {

void grantReach(ScriptedPlatform& platform) {
    platform.facts.revocation_reach = sdk::RevocationReach::Grant;
}

std::string lastEventData(ServiceWorld& world, const AccountId& id) {
    return world.accounts.events(world.workspace, id, 1, std::nullopt).front().data;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(disconnect_tests)

BOOST_DATA_TEST_CASE(disconnecting_erases_the_ciphertext_and_revokes_later, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    BOOST_TEST(
        (world.accounts.disconnect(world.workspace, id, {"usr_x"}) == RevocationPlan::Queued));
    BOOST_TEST(!world.tokens(world.workspace, id).has_value());
    BOOST_CHECK_THROW(world.accounts.get(world.workspace, id), Error);
    BOOST_CHECK_THROW(world.accounts.disconnect(world.workspace, id, {"usr_x"}), Error);
    BOOST_TEST(world.platform->revoked().empty());

    world.db.clock.advance(1s);
    BOOST_TEST(world.revocations.runDue(10) == 1u);
    BOOST_TEST(world.platform->revoked() == std::vector<std::string>{"access-ada-1"});
    BOOST_TEST(lastEventData(world, id) == R"({"outcome":"revoked"})");
    BOOST_TEST(world.db.number(
                   "SELECT COUNT(*) FROM revocations WHERE credentials_sealed IS NOT NULL") == 0);
    BOOST_TEST(world.revocations.runDue(10) == 0u);
}

BOOST_DATA_TEST_CASE(twenty_disconnects_at_once_are_one, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    std::atomic<int> done{0};
    std::atomic<int> absent{0};
    {
        std::vector<std::jthread> callers;
        for (int i = 0; i < 20; ++i)
            callers.emplace_back([&] {
                try {
                    world.accounts.disconnect(world.workspace, id, audit::Actor::system());
                    ++done;
                } catch (const Error& error) {
                    if (error.code() == ErrorCode::NotFound) ++absent;
                }
            });
    }
    BOOST_TEST(done.load() == 1);
    BOOST_TEST(absent.load() == 19);
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM revocations") == 1);
}

BOOST_DATA_TEST_CASE(a_shared_grant_outlives_its_first_account, backends(), backend) {
    ServiceWorld world(backend, grantReach);
    const auto elsewhere = world.db.makeWorkspace();
    const auto first = world.connect(world.workspace, "ada");
    const auto second = world.connect(elsewhere, "ada");
    BOOST_TEST((world.accounts.disconnect(world.workspace, first, audit::Actor::system()) ==
                RevocationPlan::SkippedSharedGrant));
    BOOST_TEST(world.revocations.runDue(10) == 0u);
    BOOST_TEST((world.accounts.disconnect(elsewhere, second, audit::Actor::system()) ==
                RevocationPlan::Queued));
    BOOST_TEST(world.revocations.runDue(10) == 1u);
    BOOST_TEST(world.platform->revoked().size() == 1u);
}

BOOST_DATA_TEST_CASE(the_last_two_on_a_grant_may_go_at_the_same_moment, backends(), backend) {
    ServiceWorld world(backend, grantReach);
    for (int round = 0; round < 10; ++round) {
        std::vector<std::pair<persistence::WorkspaceScope, AccountId>> both;
        for (int i = 0; i < 2; ++i) {
            const auto workspace = world.db.makeWorkspace();
            both.emplace_back(workspace, world.connect(workspace, "ada"));
        }
        std::barrier start(2);
        std::vector<std::jthread> threads;
        for (const auto& one : both)
            threads.emplace_back([&world, &start, &one] {
                start.arrive_and_wait();
                world.accounts.disconnect(one.first, one.second, audit::Actor::system());
            });
        threads.clear();
        while (world.revocations.runDue(10) > 0) {
        }
        BOOST_TEST(world.platform->revoked().size() == static_cast<std::size_t>(round) + 1);
    }
}

BOOST_DATA_TEST_CASE(a_pair_stored_while_a_disconnect_waits_is_the_one_revoked, backends(),
                     backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    const auto fresh = world.platform->consented("ada");
    std::jthread disconnect;
    world.db->write([&](persistence::Transaction& tx) {
        const auto sealed =
            world.vault.seal(world.workspace, id, 2, fresh, world.platform->facts, tx.now());
        BOOST_TEST(persistence::TokenRepository(tx).storeRefreshed(world.workspace, sealed, "att"));
        disconnect = std::jthread(
            [&] { world.accounts.disconnect(world.workspace, id, audit::Actor::system()); });
        // SQLite lets nobody in before this ends; PostgreSQL lets him wait for the account's row.
        while (backend.dialect == persistence::Dialect::Postgresql &&
               world.db.number("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = "
                               "current_database() AND wait_event_type = 'Lock'") == 0)
            std::this_thread::yield();
    });
    disconnect.join();
    while (world.revocations.runDue(10) > 0) {
    }
    BOOST_TEST(world.platform->revoked() == std::vector{std::string(fresh.access_token.reveal())});
}

BOOST_DATA_TEST_CASE(a_sibling_that_came_later_stops_the_revocation, backends(), backend) {
    ServiceWorld world(backend, grantReach);
    const auto elsewhere = world.db.makeWorkspace();
    const auto first = world.connect(world.workspace, "ada");
    world.db.clock.advance(1s);
    world.accounts.disconnect(world.workspace, first, audit::Actor::system());
    world.connect(elsewhere, "ada");
    world.db.clock.advance(1s);
    BOOST_TEST(world.revocations.runDue(10) == 1u);
    BOOST_TEST(world.platform->revoked().empty());
    BOOST_TEST(lastEventData(world, first) == R"({"outcome":"skipped_shared_grant"})");
}

BOOST_DATA_TEST_CASE(another_person_of_the_same_app_is_no_sibling, backends(), backend) {
    ServiceWorld world(backend, grantReach);
    const auto ada = world.connect(world.workspace, "ada");
    world.connect(world.workspace, "bob");
    BOOST_TEST((world.accounts.disconnect(world.workspace, ada, audit::Actor::system()) ==
                RevocationPlan::Queued));
}

BOOST_DATA_TEST_CASE(a_platform_without_revocation_is_not_asked, backends(), backend) {
    ServiceWorld world(backend, [](auto& platform) {
        platform.facts.revocation_reach = sdk::RevocationReach::Unsupported;
    });
    const auto id = world.connect(world.workspace, "ada");
    BOOST_TEST((world.accounts.disconnect(world.workspace, id, audit::Actor::system()) ==
                RevocationPlan::Unsupported));
    BOOST_TEST(world.revocations.runDue(10) == 0u);
}

// Sealed under a key that another process has and this one has not yet.
BOOST_DATA_TEST_CASE(a_revocation_waits_for_a_key_that_is_out_of_reach, backends(), backend) {
    ServiceWorld world(backend);
    const auto ada = world.connect(world.workspace, "ada");
    const auto bob = world.connect(world.workspace, "bob");
    world.data_keys.add(2, 'n');
    world.accounts.disconnect(world.workspace, ada, audit::Actor::system());
    world.data_keys.activate(1);
    world.data_keys.remove(2);
    world.data_keys.onMiss(
        [](std::uint32_t) { throw Error(ErrorCode::Unavailable, PublicMessage{"out of reach"}); });
    BOOST_TEST(world.revocations.runDue(10) == 1u);
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM revocations WHERE outcome IS NULL "
                               "AND credentials_sealed IS NOT NULL AND lease_until IS NULL") == 1);
    world.data_keys.add(2, 'n');
    world.db.clock.advance(15min);
    BOOST_TEST(world.revocations.runDue(10) == 1u);
    BOOST_TEST(world.platform->revoked() == std::vector<std::string>{"access-ada-1"});

    world.accounts.disconnect(world.workspace, bob, audit::Actor::system());
    world.data_keys.activate(1);
    world.data_keys.remove(2);
    world.db.clock.advance(24h);
    BOOST_TEST(world.revocations.runDue(10) == 1u);
    BOOST_TEST(lastEventData(world, bob) == R"({"outcome":"failed"})");
}

BOOST_DATA_TEST_CASE(a_failing_revocation_is_tried_again_and_given_up_after_a_day, backends(),
                     backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    for (int i = 0; i < 5000; ++i) world.platform->nextRevoke(errorOf(ErrorKind::Transient));
    world.accounts.disconnect(world.workspace, id, audit::Actor::system());
    int tries = 0;
    for (int minute = 0; minute < 24 * 60 + 30; ++minute) {
        tries += static_cast<int>(world.revocations.runDue(10));
        world.db.clock.advance(1min);
    }
    BOOST_TEST(tries > 50);
    BOOST_TEST(lastEventData(world, id) == R"({"outcome":"failed"})");
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM revocations WHERE next_attempt_at IS NOT NULL "
                               "OR credentials_sealed IS NOT NULL") == 0);
}

BOOST_DATA_TEST_CASE(connecting_again_after_a_disconnect_is_a_new_account, backends(), backend) {
    ServiceWorld world(backend);
    const auto first = world.connect(world.workspace, "ada");
    world.db.clock.advance(1s);
    world.accounts.disconnect(world.workspace, first, audit::Actor::system());
    const auto second = world.connect(world.workspace, "ada");
    BOOST_TEST((first != second));
    const std::vector<std::string> kept = {"account.disconnected", "account.connected"};
    BOOST_TEST(world.eventTypes(world.workspace, first) == kept);
}

BOOST_DATA_TEST_CASE(unreadable_tokens_do_not_keep_anyone_from_disconnecting, backends(), backend) {
    ServiceWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.db.sql("UPDATE social_account_tokens SET generation = generation + 1");
    BOOST_TEST((world.accounts.disconnect(world.workspace, id, audit::Actor::system()) ==
                RevocationPlan::Unsupported));
    BOOST_TEST(!world.tokens(world.workspace, id).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
