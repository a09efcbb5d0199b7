#include "persistence/revocation_repository.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <mutex>
#include <set>
#include <thread>

#include "world.hpp"

using namespace postato;
using namespace postato::persistence;
using namespace postato::persistence::testing;
using namespace std::chrono_literals;

namespace postato::persistence::testing {

struct RevocationWorld : World {
    using World::World;

    QueuedRevocation queue(const std::optional<AccountId>& account) {
        const auto now = db.clock.now();
        QueuedRevocation revocation{.id = makeId<RevocationId>(), .workspace_id = ours.id()};
        revocation.account_id = account;
        revocation.platform = kPlatform;
        revocation.client_id = "client";
        revocation.grant_key = "grant";
        revocation.credentials_sealed = "sealed credentials";
        revocation.created_at = now;
        revocation.give_up_at = now + 24h;
        run(&RevocationRepository::insert, ours, revocation);
        return revocation;
    }
    std::vector<RevocationClaim> claimDue(const std::string& owner, std::int64_t limit = 100) {
        return run(&RevocationRepository::claimDue, owner, std::chrono::milliseconds(30s), limit);
    }
};

}  // namespace postato::persistence::testing

BOOST_AUTO_TEST_SUITE(revocation_repository_tests)

BOOST_DATA_TEST_CASE(a_revocation_is_due_at_once_and_handed_out_whole, backends(), backend) {
    RevocationWorld world(backend);
    const auto queued = world.queue(world.makeId<AccountId>());
    const auto claims = world.claimDue("w1");
    BOOST_REQUIRE(claims.size() == 1u);
    BOOST_TEST(claims[0].scope.id().str() == world.ours.id().str());
    const auto& found = claims[0].revocation;
    BOOST_TEST(found.id.str() == queued.id.str());
    BOOST_TEST(found.workspace_id.str() == world.ours.id().str());
    BOOST_TEST((found.account_id == queued.account_id));
    BOOST_TEST(found.platform == kPlatform);
    BOOST_TEST(found.client_id == "client");
    BOOST_TEST(found.grant_key == "grant");
    BOOST_TEST(*found.credentials_sealed == "sealed credentials");
    BOOST_TEST((found.created_at == queued.created_at));
    BOOST_TEST((found.give_up_at == queued.give_up_at));
    BOOST_TEST(found.attempts == 1);
    BOOST_TEST(!found.outcome.has_value());
}

BOOST_DATA_TEST_CASE(a_pair_that_never_became_an_account_is_revoked_too, backends(), backend) {
    RevocationWorld world(backend);
    world.queue(std::nullopt);
    const auto claims = world.claimDue("w1");
    BOOST_REQUIRE(claims.size() == 1u);
    BOOST_TEST(!claims[0].revocation.account_id.has_value());
}

BOOST_DATA_TEST_CASE(a_lease_lasts_its_time_and_counts_an_attempt, backends(), backend) {
    RevocationWorld world(backend);
    world.queue(std::nullopt);
    BOOST_TEST(world.claimDue("w1").size() == 1u);
    BOOST_TEST(world.claimDue("w2").empty());
    world.db.clock.advance(30s);
    const auto again = world.claimDue("w2");
    BOOST_REQUIRE(again.size() == 1u);
    BOOST_TEST(again[0].revocation.attempts == 2);
}

BOOST_DATA_TEST_CASE(a_retry_waits_for_its_time, backends(), backend) {
    RevocationWorld world(backend);
    world.queue(std::nullopt);
    const auto claim = world.claimDue("w1").at(0);
    world.run(&RevocationRepository::retryAt, claim, world.db.clock.now() + 5s);
    BOOST_TEST(world.claimDue("w1").empty());
    world.db.clock.advance(5s);
    BOOST_TEST(world.claimDue("w1").size() == 1u);
}

BOOST_DATA_TEST_CASE(an_outcome_is_final_and_erases_the_credentials, backends(), backend) {
    RevocationWorld world(backend);
    const auto account = world.makeId<AccountId>();
    world.queue(account);
    const auto claim = world.claimDue("w1").at(0);
    BOOST_TEST(world.run(&RevocationRepository::finish, claim, std::string("revoked")));
    BOOST_TEST(!world.run(&RevocationRepository::finish, claim, std::string("failed")));
    world.run(&RevocationRepository::retryAt, claim, world.db.clock.now());
    world.db.clock.advance(1h);
    BOOST_TEST(world.claimDue("w1").empty());
    const auto found = world.run(&RevocationRepository::findByAccount, world.ours, account).value();
    BOOST_TEST(*found.outcome == "revoked");
    BOOST_TEST(!found.credentials_sealed.has_value());
}

BOOST_DATA_TEST_CASE(the_newest_revocation_of_an_account_is_shown, backends(), backend) {
    RevocationWorld world(backend);
    const auto account = world.makeId<AccountId>();
    BOOST_TEST(!world.run(&RevocationRepository::findByAccount, world.ours, account).has_value());
    world.queue(account);
    world.db.clock.advance(1s);
    const auto newest = world.queue(account);
    world.queue(world.makeId<AccountId>());
    BOOST_TEST(
        world.run(&RevocationRepository::findByAccount, world.ours, account).value().id.str() ==
        newest.id.str());
}

BOOST_DATA_TEST_CASE(competing_workers_share_the_queue_without_overlap, backends(), backend) {
    constexpr std::size_t kQueued = 40;
    RevocationWorld world(backend, [](auto& options) { options.acquire_timeout = 10s; });
    for (std::size_t i = 0; i < kQueued; ++i) world.queue(std::nullopt);
    std::mutex mutex;
    std::multiset<std::string> claimed;
    std::vector<std::thread> workers;
    for (int i = 0; i < 4; ++i) {
        workers.emplace_back([&, owner = "w" + std::to_string(i)] {
            for (;;) {
                const auto claims = world.claimDue(owner, 3);
                if (claims.empty()) return;
                const std::lock_guard lock(mutex);
                BOOST_TEST(claims.size() <= 3u);
                for (const auto& claim : claims) claimed.insert(claim.revocation.id.str());
            }
        });
    }
    for (auto& worker : workers) worker.join();
    BOOST_TEST(claimed.size() == kQueued);
    BOOST_TEST(std::set<std::string>(claimed.begin(), claimed.end()).size() == kQueued);
}

BOOST_AUTO_TEST_SUITE_END()
