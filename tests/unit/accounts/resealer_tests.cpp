// Tokens sealed anew under another data key: while accounts are used, and when something is wrong.

#include "accounts/resealer.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "accounts/seal_check.hpp"
#include "service_world.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using postato::testing::backends;

namespace postato::accounts::testing {

struct ResealWorld : ServiceWorld {
    explicit ResealWorld(const postato::testing::Backend& backend) : ServiceWorld(backend) {}

    std::vector<AccountId> connectMany(int count) {
        std::vector<AccountId> ids;
        for (int i = 0; i < count; ++i)
            ids.push_back(connect(workspace, "person-" + std::to_string(i)));
        return ids;
    }
    std::int64_t under(int key) {
        return db.number("SELECT COUNT(*) FROM social_account_tokens WHERE key_id = " +
                         std::to_string(key));
    }
    Resealer resealer(ResealPolicy policy = {}) {
        return Resealer(*db, vault, data_keys, log, policy);
    }
};

}  // namespace postato::accounts::testing

BOOST_AUTO_TEST_SUITE(resealer_tests)

BOOST_DATA_TEST_CASE(every_pair_goes_to_the_active_key_and_stays_the_same, backends(), backend) {
    ResealWorld world(backend);
    const auto ids = world.connectMany(7);
    std::vector<std::string> before;
    for (const auto& id : ids) before.push_back(world.accessToken(world.workspace, id));
    const auto generation = world.tokens(world.workspace, ids[0])->tokens.generation;
    world.replaceDataKey(2, 'n');

    auto resealer = world.resealer({.per_second = 3, .per_transaction = 2});
    BOOST_TEST(resealer.runShare() == 3);
    BOOST_TEST(world.under(2) == 3);
    BOOST_TEST(resealer.runShare() == 3);
    BOOST_TEST(resealer.runShare() == 1);
    BOOST_TEST(resealer.runShare() == 0);
    BOOST_TEST(world.under(1) == 0);

    // Nothing is left that needs the old key.
    world.data_keys.remove(1);
    for (std::size_t i = 0; i < ids.size(); ++i)
        BOOST_TEST(world.accessToken(world.workspace, ids[i]) == before[i]);
    BOOST_TEST(world.tokens(world.workspace, ids[0])->tokens.generation == generation);
    const auto check = checkSeals(*world.db, world.vault);
    BOOST_TEST(check.accounts == 7);
    BOOST_TEST(check.failed == 0);
}

BOOST_DATA_TEST_CASE(a_refresh_meanwhile_wins, backends(), backend) {
    ResealWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    const auto claims = world.refresher.claimDue(kPlatform, 10);
    BOOST_REQUIRE(claims.size() == 1u);
    world.replaceDataKey(2, 'n');
    auto resealer = world.resealer();
    BOOST_TEST(resealer.runShare() == 1);  // the lease is no hindrance
    world.refresher.run(claims.front(), {});
    const auto stored = world.tokens(world.workspace, id);
    BOOST_REQUIRE(stored.has_value());
    BOOST_TEST(stored->tokens.generation == claims.front().stored.tokens.generation + 1);
    BOOST_TEST(stored->tokens.key_id == 2);
    BOOST_TEST(
        (world.platform->livingPairs() == std::vector{world.accessToken(world.workspace, id)}));
}

BOOST_DATA_TEST_CASE(a_pair_written_meanwhile_is_left_alone, backends(), backend) {
    ResealWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.replaceDataKey(2, 'n');
    world.db->write([&](persistence::Transaction& tx) {
        persistence::SealedRowRepository rows(tx);
        auto pair = rows.takeUnder(1, "", 10).at(0);
        auto anew = world.vault.sealAnew(pair);
        anew.generation -= 1;
        BOOST_TEST(!rows.storeSealedAnew(anew, 1));
        anew.generation += 1;
        BOOST_TEST(!rows.storeSealedAnew(anew, 7));
        BOOST_TEST(rows.storeSealedAnew(anew, 1));
        BOOST_TEST(!rows.storeSealedAnew(anew, 1));
    });
    BOOST_TEST(!world.accessToken(world.workspace, id).empty());
}

BOOST_DATA_TEST_CASE(nothing_goes_back_to_an_older_key, backends(), backend) {
    ResealWorld world(backend);
    world.replaceDataKey(2, 'n');
    world.connect(world.workspace, "ada");
    world.data_keys.activate(1);  // a process that has met key 2 and not taken it up yet
    auto resealer = world.resealer();
    BOOST_TEST(resealer.runShare() == 0);
    BOOST_TEST(world.under(2) == 1);
}

BOOST_DATA_TEST_CASE(nothing_goes_to_a_key_the_database_has_lost, backends(), backend) {
    ResealWorld world(backend);
    world.connect(world.workspace, "ada");
    world.replaceDataKey(2, 'n');
    world.db.sql("DELETE FROM data_keys WHERE id = 2");
    auto resealer = world.resealer();
    BOOST_TEST(resealer.runShare() == 0);
    BOOST_TEST(world.under(1) == 1);
}

// One that was lost and put back: what was sealed under it meanwhile goes to the active one.
BOOST_DATA_TEST_CASE(a_replaced_key_with_a_larger_number_is_left_too, backends(), backend) {
    ResealWorld world(backend);
    world.replaceDataKey(2, 'n');
    const auto id = world.connect(world.workspace, "ada");
    world.replaceDataKey(1, 'k');
    const auto left = [&] {
        return world.db->read([](persistence::Transaction& tx) {
            return persistence::SealedRowRepository(tx).countPairsNotUnder(1);
        });
    };
    BOOST_TEST(left() == 1);
    auto resealer = world.resealer();
    BOOST_TEST(resealer.runShare() == 1);
    BOOST_TEST(world.under(1) == 1);
    BOOST_TEST(left() == 0);
    BOOST_TEST(!world.accessToken(world.workspace, id).empty());
}

BOOST_DATA_TEST_CASE(one_that_does_not_open_keeps_no_other_waiting, backends(), backend) {
    ResealWorld world(backend);
    const auto ids = world.connectMany(3);
    world.db.sql(
        "UPDATE social_account_tokens SET generation = generation + 7 WHERE account_id = '" +
        ids[0].str() + "'");
    world.replaceDataKey(2, 'n');
    auto resealer = world.resealer({.per_second = 2, .per_transaction = 1});
    while (resealer.runShare() > 0) {
    }
    BOOST_TEST(world.under(2) == 2);
    BOOST_TEST(world.under(1) == 1);
    const auto check = checkSeals(*world.db, world.vault);
    BOOST_TEST(check.accounts == 2);
    BOOST_TEST(check.failed == 1);
    BOOST_REQUIRE(check.failures.size() == 1u);
    BOOST_TEST(check.failures[0].find(ids[0].str()) != std::string::npos);
}

BOOST_DATA_TEST_CASE(what_does_not_open_is_no_faster_than_the_rest, backends(), backend) {
    ResealWorld world(backend);
    const auto ids = world.connectMany(5);
    world.db.sql(
        "UPDATE social_account_tokens SET generation = generation + 7 WHERE account_id <> '" +
        ids.back().str() + "'");
    world.replaceDataKey(2, 'n');
    auto resealer = world.resealer({.per_second = 2, .per_transaction = 1});
    BOOST_TEST(resealer.runShare() == 0);
    BOOST_TEST(resealer.runShare() == 0);
    BOOST_TEST(world.under(2) == 0);
    BOOST_TEST(resealer.runShare() == 1);  // it has gone on from where it stood
    BOOST_TEST(world.under(2) == 1);
}

BOOST_DATA_TEST_CASE(several_processes_share_the_work, backends(), backend) {
    ResealWorld world(backend);
    world.connectMany(40);
    world.replaceDataKey(2, 'n');
    auto database = world.db.another();
    std::atomic<std::int64_t> done{0};
    std::vector<std::thread> threads;
    for (auto* own : {&*world.db, database.get()})
        threads.emplace_back([&, own] {
            Resealer resealer(*own, world.vault, world.data_keys, world.log,
                              {.per_second = 10, .per_transaction = 3});
            while (done < 40) done += resealer.runShare();
        });
    for (auto& thread : threads) thread.join();
    BOOST_TEST(done == 40);  // none was sealed twice
    BOOST_TEST(world.under(2) == 40);
    BOOST_TEST(checkSeals(*world.db, world.vault).failed == 0);
}

BOOST_DATA_TEST_CASE(what_ends_within_a_day_is_checked_too, backends(), backend) {
    ResealWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.accounts.disconnect(world.workspace, id, audit::Actor::system());
    const auto check = checkSeals(*world.db, world.vault);
    BOOST_TEST(check.accounts == 0);
    BOOST_TEST(check.revocations == 1);
    world.db.sql("UPDATE revocations SET id = 'rev_elsewhere'");
    BOOST_TEST(checkSeals(*world.db, world.vault).failed == 1);
}

BOOST_AUTO_TEST_SUITE_END()
