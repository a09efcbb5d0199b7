// The lease of the one who refreshes: who gets it, for how long, and what a lost one leaves behind.

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <mutex>
#include <set>
#include <thread>

#include "things.hpp"
#include "world.hpp"

using namespace postato;
using namespace postato::persistence;
using namespace postato::persistence::testing;
using namespace std::chrono_literals;

namespace postato::persistence::testing {

struct LeaseWorld : World {
    using World::World;

    std::vector<RefreshClaim> claimDue(const std::string& owner, const DueFilter& filter) {
        return db->write([&](Transaction& tx) {
            return TokenRepository(tx).claimDue(kPlatform, owner, 30s, filter, db.random);
        });
    }
    std::vector<RefreshClaim> claimDue(const std::string& owner, std::int64_t limit = 100) {
        return claimDue(owner, {.limit = limit});
    }
    std::chrono::milliseconds lifeOf(const AccountId& id) {
        const auto pair = tokens(id).tokens;
        return *pair.access_expires_at - pair.issued_at;
    }
    std::optional<RefreshClaim> claim(const AccountId& id, const std::string& owner) {
        return db->write([&](Transaction& tx) {
            TokenRepository tokens(tx);
            const auto generation = tokens.find(ours, id)->tokens.generation;
            return tokens.claim(ours, id, generation, owner, 30s, db.random);
        });
    }
    bool release(const RefreshClaim& claim, const TokenRepository::Release& release) {
        return run(&TokenRepository::release, claim, release);
    }
};

}  // namespace postato::persistence::testing

BOOST_AUTO_TEST_SUITE(lease_tests)

BOOST_DATA_TEST_CASE(what_is_due_is_claimed_oldest_first, backends(), backend) {
    LeaseWorld world(backend);
    const auto late = world.storePair(world.ours, "ada", -1min);
    const auto later = world.storePair(world.theirs, "bob", -2min);
    const auto now = world.storePair(world.ours, "cyd", 0s);
    const auto soon = world.storePair(world.ours, "dan", 1ms);
    const auto first = world.claimDue("w1", 2);
    std::set<std::string> ids;
    for (const auto& claim : first) ids.insert(claim.stored.tokens.account_id.str());
    BOOST_TEST((ids == std::set{late.str(), later.str()}));
    const auto second = world.claimDue("w1");
    BOOST_REQUIRE(second.size() == 1u);
    BOOST_TEST(second[0].stored.tokens.account_id.str() == now.str());
    BOOST_TEST(world.claimDue("w1").empty());
    BOOST_TEST(!world.tokens(soon).state.lease_owner.has_value());
}

BOOST_DATA_TEST_CASE(a_claim_says_what_is_claimed_in_whose_workspace, backends(), backend) {
    LeaseWorld world(backend);
    const auto id = world.storePair(world.theirs, "ada");
    const auto claims = world.claimDue("w1");
    BOOST_REQUIRE(claims.size() == 1u);
    const auto& claim = claims[0];
    BOOST_TEST(claim.scope.id().str() == world.theirs.id().str());
    BOOST_TEST(claim.platform == kPlatform);
    BOOST_TEST(claim.client_id == "client");
    BOOST_TEST(claim.grant_key == "grant-of-ada");
    BOOST_TEST(claim.owner == "w1");
    BOOST_TEST(AttemptId::parse(claim.attempt_id).has_value());
    BOOST_TEST(*claim.stored.tokens.refresh_sealed == "refresh-1");
    BOOST_TEST(*claim.stored.state.lease_owner == "w1");
    BOOST_TEST(claim.stored.state.lease_epoch == 1);
    BOOST_TEST((claim.stored.state.lease_until == world.db.clock.now() + 30s));
    BOOST_TEST(!claim.stored.state.in_doubt_since.has_value());
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM refresh_attempts WHERE account_id = '" +
                               id.str() + "' AND generation = 1 AND lease_epoch = 1 AND " +
                               "owner = 'w1' AND finished_at IS NULL") == 1);
}

BOOST_DATA_TEST_CASE(what_cannot_be_refreshed_is_never_due, backends(), backend) {
    LeaseWorld world(backend);
    const auto gone = world.storePair(world.ours, "ada");
    world.run(&AccountRepository::remove, world.ours, gone);
    const auto expired = world.storePair(world.ours, "bob");
    world.run(&AccountRepository::setStatus, world.ours, expired, AccountStatus::TokenExpired,
              StatusReason::Unknown);
    const auto endless = world.storeAccount(world.ours, "cyd");
    auto tokens = world.pair(endless, 1);
    tokens.next_refresh_at.reset();
    world.run(&TokenRepository::insert, world.ours, tokens, std::string("consent"));
    BOOST_TEST(world.claimDue("w1").empty());
    BOOST_TEST(!world.claim(gone, "w1").has_value());
    BOOST_TEST(!world.claim(expired, "w1").has_value());
    BOOST_TEST(world.claim(endless, "w1").has_value());
}

BOOST_DATA_TEST_CASE(another_platform_s_accounts_are_not_due, backends(), backend) {
    LeaseWorld world(backend);
    world.storePair(world.ours, "ada");
    const auto claims = world.db->write([&](Transaction& tx) {
        return TokenRepository(tx).claimDue("another", "w1", 30s, {.limit = 10}, world.db.random);
    });
    BOOST_TEST(claims.empty());
}

BOOST_DATA_TEST_CASE(a_lease_excludes_all_others_until_it_runs_out, backends(), backend) {
    LeaseWorld world(backend);
    const auto id = world.storePair(world.ours, "ada");
    BOOST_TEST(world.claim(id, "w1").has_value());
    BOOST_TEST(!world.claim(id, "w2").has_value());
    BOOST_TEST(!world.claim(id, "w1").has_value());
    BOOST_TEST(world.claimDue("w2").empty());
    world.db.clock.advance(30s - 1ms);
    BOOST_TEST(!world.claim(id, "w2").has_value());
    world.db.clock.advance(1ms);
    BOOST_TEST(world.claim(id, "w2").has_value());
}

BOOST_DATA_TEST_CASE(a_claim_for_another_generation_is_refused, backends(), backend) {
    LeaseWorld world(backend);
    const auto id = world.storePair(world.ours, "ada");
    for (const std::int64_t generation : {0, 2}) {
        const auto claim = world.db->write([&](Transaction& tx) {
            return TokenRepository(tx).claim(world.ours, id, generation, "w1", 30s,
                                             world.db.random);
        });
        BOOST_TEST(!claim.has_value());
    }
}

BOOST_DATA_TEST_CASE(an_abandoned_lease_leaves_doubt_since_it_was_taken_over, backends(), backend) {
    LeaseWorld world(backend);
    const auto id = world.storePair(world.ours, "ada");
    world.claim(id, "w1");
    world.db.clock.advance(1min);
    const auto taken_over = world.db.clock.now();
    const auto second = world.claimDue("w2");
    BOOST_REQUIRE(second.size() == 1u);
    BOOST_TEST((second[0].stored.state.in_doubt_since == taken_over));
    BOOST_TEST(second[0].stored.state.lease_epoch == 2);

    BOOST_TEST(second[0].taken_over);

    // And the doubt is as old as the last such take-over.
    world.db.clock.advance(1min);
    const auto third = world.claim(id, "w3");
    BOOST_TEST((third.value().stored.state.in_doubt_since == world.db.clock.now()));
    BOOST_TEST(third.value().taken_over);
    BOOST_TEST(world.release(third.value(),
                             {.next_refresh_at = world.db.clock.now() + 1min, .in_doubt = true}));
    world.db.clock.advance(1min);
    const auto quiet = world.claimDue("w4");
    BOOST_REQUIRE(quiet.size() == 1u);
    BOOST_TEST(!quiet[0].taken_over);
}

BOOST_DATA_TEST_CASE(doubt_is_left_alone_where_the_token_lives_longer_than_asked, backends(),
                     backend) {
    LeaseWorld world(backend);
    const auto id = world.storePair(world.ours, "ada");
    const auto lifetime = world.lifeOf(id);
    const auto due = [&](std::chrono::milliseconds longest) {
        return world.claimDue("w1", {.limit = 10, .longest = longest}).size();
    };
    world.release(world.claim(id, "w1").value(),
                  {.next_refresh_at = world.db.clock.now(), .in_doubt = true});
    BOOST_TEST(due(0ms) == 0u);
    BOOST_TEST(due(lifetime - 1ms) == 0u);
    BOOST_TEST(due(lifetime) == 1u);
    // A lease nobody gave back is taken at once: that is how the doubt begins.
    world.db.clock.advance(31s);
    BOOST_TEST(due(0ms) == 1u);
}

BOOST_DATA_TEST_CASE(a_lease_given_back_leaves_no_doubt, backends(), backend) {
    LeaseWorld world(backend);
    const auto id = world.storePair(world.ours, "ada");
    const auto claim = world.claim(id, "w1").value();
    const auto next = world.db.clock.now() + 5min;
    BOOST_TEST(world.release(
        claim, {.next_refresh_at = next, .rejects = 1, .failures = 2, .error_code = "http_503"}));
    const auto [tokens, state, written_by] = world.tokens(id);
    BOOST_TEST(written_by == "consent");
    BOOST_TEST((tokens.next_refresh_at == next));
    BOOST_TEST(tokens.generation == 1);
    BOOST_TEST(!state.lease_owner.has_value());
    BOOST_TEST(!state.lease_until.has_value());
    BOOST_TEST(!state.in_doubt_since.has_value());
    BOOST_TEST(state.rejects == 1);
    BOOST_TEST(state.failures == 2);
    BOOST_TEST(*state.last_error_code == "http_503");
    BOOST_TEST(!world.claim(id, "w2").value().stored.state.in_doubt_since.has_value());
}

BOOST_DATA_TEST_CASE(doubt_lasts_until_a_release_without_it_or_a_new_pair, backends(), backend) {
    LeaseWorld world(backend);
    const auto id = world.storePair(world.ours, "ada");
    const auto since = world.db.clock.now();
    BOOST_TEST(world.release(world.claim(id, "w1").value(), {.in_doubt = true}));
    world.db.clock.advance(1min);
    BOOST_TEST(world.release(world.claim(id, "w1").value(), {.in_doubt = true}));
    BOOST_TEST((world.tokens(id).state.in_doubt_since == since));
    BOOST_TEST(world.release(world.claim(id, "w1").value(), {}));
    BOOST_TEST(!world.tokens(id).state.in_doubt_since.has_value());

    BOOST_TEST(world.release(world.claim(id, "w1").value(),
                             {.rejects = 2, .failures = 3, .in_doubt = true, .error_code = "x"}));
    world.claim(id, "w1");
    BOOST_TEST(world.run(&TokenRepository::storeRefreshed, world.ours, world.pair(id, 2),
                         std::string("att_1")));
    const auto state = world.tokens(id).state;
    BOOST_TEST(!state.in_doubt_since.has_value());
    BOOST_TEST(!state.lease_owner.has_value());
    BOOST_TEST(!state.lease_until.has_value());
    BOOST_TEST(!state.last_error_code.has_value());
    BOOST_TEST(state.rejects == 0);
    BOOST_TEST(state.failures == 0);
}

BOOST_DATA_TEST_CASE(a_late_worker_cannot_release_its_successor, backends(), backend) {
    LeaseWorld world(backend);
    const auto id = world.storePair(world.ours, "ada");
    const auto first = world.claim(id, "w1").value();
    world.db.clock.advance(1min);
    const auto second = world.claim(id, "w1").value();  // the same name, after a restart say
    BOOST_TEST(!world.release(first, {}));
    BOOST_TEST(*world.tokens(id).state.lease_owner == "w1");
    BOOST_TEST(world.release(second, {}));
    BOOST_TEST(!world.release(second, {}));
}

BOOST_DATA_TEST_CASE(a_pair_stored_meanwhile_ends_the_lease_of_the_other, backends(), backend) {
    LeaseWorld world(backend);
    const auto id = world.storePair(world.ours, "ada");
    const auto claim = world.claim(id, "w1").value();
    BOOST_TEST(world.run(&TokenRepository::replace, world.ours, world.pair(id, 2),
                         std::string("consent")));
    BOOST_TEST(!world.release(claim, {.rejects = 1}));
    BOOST_TEST(world.tokens(id).state.rejects == 0);
}

BOOST_DATA_TEST_CASE(an_attempt_is_closed_and_later_forgotten, backends(), backend) {
    LeaseWorld world(backend);
    const auto id = world.storePair(world.ours, "ada");
    const auto claim = world.claim(id, "w1").value();
    const auto started = world.db.clock.now();
    world.db.clock.advance(1s);
    world.run(&TokenRepository::finishAttempt, claim, std::string("transient"),
              std::optional<std::string>("http_503"));
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM refresh_attempts WHERE id = '" +
                               claim.attempt_id + "' AND outcome = 'transient' AND code = " +
                               "'http_503' AND finished_at - started_at = 1000") == 1);
    BOOST_TEST(world.run(&TokenRepository::sweepAttempts, started) == 0);
    BOOST_TEST(world.run(&TokenRepository::sweepAttempts, started + 1ms) == 1);
}

BOOST_DATA_TEST_CASE(the_last_outcome_is_that_of_the_latest_closed_attempt, backends(), backend) {
    LeaseWorld world(backend);
    const auto id = world.storePair(world.ours, "ada");
    const auto last = [&](const WorkspaceScope& scope) {
        return world.run(&TokenRepository::lastOutcome, scope, id);
    };
    BOOST_TEST(!last(world.ours).has_value());
    for (const std::string outcome : {"transient", "misconfigured"}) {
        const auto claim = world.claim(id, "w1").value();
        world.run(&TokenRepository::finishAttempt, claim, outcome, std::optional<std::string>());
        BOOST_TEST(world.release(claim, {}));
        world.db.clock.advance(-1min);  // however the time of day goes
    }
    BOOST_TEST((last(world.ours) == "misconfigured"));
    BOOST_TEST(world.claim(id, "w1").has_value());  // not closed yet
    BOOST_TEST((last(world.ours) == "misconfigured"));
    BOOST_TEST(!last(world.theirs).has_value());
}

// Two replicas and several threads in each, on work that lies due.
BOOST_DATA_TEST_CASE(competing_workers_share_the_work_without_overlap, backends(), backend) {
    constexpr int kAccounts = 60;
    LeaseWorld world(backend, [](auto& options) { options.acquire_timeout = 10s; });
    for (int i = 0; i < kAccounts; ++i)
        world.storePair(i % 2 == 0 ? world.ours : world.theirs, "p" + std::to_string(i), -1s);
    const auto replica = world.db.another();
    std::mutex mutex;
    std::multiset<std::string> claimed;
    std::size_t most = 0;
    const auto work = [&](Database& database, const std::string& owner) {
        for (;;) {
            const auto claims = database.write([&](Transaction& tx) {
                return TokenRepository(tx).claimDue(kPlatform, owner, 30s, {.limit = 5},
                                                    world.db.random);
            });
            if (claims.empty()) return;
            const std::lock_guard lock(mutex);
            most = std::max(most, claims.size());
            for (const auto& claim : claims) claimed.insert(claim.stored.tokens.account_id.str());
        }
    };
    std::vector<std::thread> workers;
    for (int i = 0; i < 6; ++i) {
        auto& database = i % 2 == 0 ? *world.db : *replica;
        workers.emplace_back(work, std::ref(database), "w" + std::to_string(i));
    }
    for (auto& worker : workers) worker.join();
    BOOST_TEST(claimed.size() == std::size_t{kAccounts});
    BOOST_TEST(std::set<std::string>(claimed.begin(), claimed.end()).size() ==
               std::size_t{kAccounts});
    BOOST_TEST(most <= 5u);
    BOOST_TEST(world.db.number("SELECT MAX(lease_epoch) FROM social_account_tokens") == 1);
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM refresh_attempts") == kAccounts);
}

BOOST_DATA_TEST_CASE(of_claims_of_one_account_at_once_one_succeeds, backends(), backend) {
    LeaseWorld world(backend);
    const auto id = world.storePair(world.ours, "ada");
    std::atomic<int> granted{0};
    std::vector<std::thread> workers;
    for (int i = 0; i < 8; ++i) {
        workers.emplace_back([&, owner = "w" + std::to_string(i)] {
            if (world.claim(id, owner)) ++granted;
        });
    }
    for (auto& worker : workers) worker.join();
    BOOST_TEST(granted == 1);
    BOOST_TEST(world.tokens(id).state.lease_epoch == 1);
}

BOOST_DATA_TEST_CASE(generations_are_told_for_many_at_once, backends(), backend) {
    LeaseWorld world(backend);
    const auto ada = world.storePair(world.ours, "ada").str();
    const auto bob = world.storePair(world.theirs, "bob").str();
    world.storePair(world.ours, "cyd");
    const std::set<std::string> asked{ada, bob, "acc_nobody", "it's \"quoted\""};
    const std::map<std::string, std::int64_t> told{{ada, 1}, {bob, 1}};
    BOOST_TEST((world.run(&TokenRepository::generations, asked) == told));
    BOOST_TEST(world.run(&TokenRepository::generations, std::set<std::string>{}).empty());
}

BOOST_DATA_TEST_CASE(a_careful_claim_treats_every_pair_as_one_in_doubt, backends(), backend) {
    LeaseWorld world(backend);
    const auto id = world.storePair(world.ours, "ada");
    const auto lifetime = world.lifeOf(id);
    const auto due = [&](std::chrono::milliseconds longest) {
        return world.claimDue("w1", {.limit = 10, .longest = longest, .careful = true}).size();
    };
    BOOST_TEST(due(lifetime - 1ms) == 0u);
    BOOST_TEST(due(lifetime) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
