#include "persistence/token_repository.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "things.hpp"
#include "world.hpp"

using namespace postato;
using namespace postato::persistence;
using namespace postato::persistence::testing;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(token_repository_tests)

BOOST_DATA_TEST_CASE(a_pair_comes_back_whole, backends(), backend) {
    World world(backend);
    const auto id = world.storeAccount(world.ours, "ada");
    const auto stored = world.pair(id, 1);
    world.run(&TokenRepository::insert, world.ours, stored, std::string("consent"));
    const auto [found, state, written_by] = world.tokens(id);
    BOOST_TEST(written_by == "consent");
    BOOST_TEST(found.account_id.str() == id.str());
    BOOST_TEST(found.generation == 1);
    BOOST_TEST(found.access_sealed == "access-1");
    BOOST_TEST(*found.refresh_sealed == "refresh-1");
    BOOST_TEST(*found.plugin_data_sealed == "data-1");
    BOOST_TEST(found.key_id == 3);
    BOOST_TEST(found.token_type == "bearer");
    BOOST_TEST(!found.refreshes_itself);
    BOOST_TEST((found.issued_at == stored.issued_at));
    BOOST_TEST((found.access_expires_at == stored.access_expires_at));
    BOOST_TEST((found.refresh_expires_at == stored.refresh_expires_at));
    BOOST_TEST((found.earliest_refresh_at == stored.earliest_refresh_at));
    BOOST_TEST((found.next_refresh_at == stored.next_refresh_at));
    BOOST_TEST(!state.lease_owner.has_value());
    BOOST_TEST(!state.in_doubt_since.has_value());
    BOOST_TEST(state.rejects == 0);
    BOOST_TEST(state.failures == 0);
}

BOOST_DATA_TEST_CASE(a_token_that_refreshes_itself_needs_nothing_else, backends(), backend) {
    World world(backend);
    const auto id = world.storeAccount(world.ours, "ada");
    SealedTokens tokens{.account_id = id};
    tokens.generation = 1;
    tokens.access_sealed = "access";
    tokens.key_id = 1;
    tokens.token_type = "bearer";
    tokens.refreshes_itself = true;
    tokens.issued_at = world.db.clock.now();
    world.run(&TokenRepository::insert, world.ours, tokens, std::string("consent"));
    const auto found = world.tokens(id).tokens;
    BOOST_TEST(found.refreshable());
    BOOST_TEST(!found.refresh_sealed.has_value());
    BOOST_TEST(!found.plugin_data_sealed.has_value());
    BOOST_TEST(!found.access_expires_at.has_value());
    BOOST_TEST(!found.refresh_expires_at.has_value());
    BOOST_TEST(!found.earliest_refresh_at.has_value());
    BOOST_TEST(!found.next_refresh_at.has_value());
}

BOOST_DATA_TEST_CASE(tokens_need_a_live_account, backends(), backend) {
    World world(backend);
    const auto unknown = world.makeId<AccountId>();
    const auto gone = world.storeAccount(world.ours, "ada");
    world.run(&AccountRepository::remove, world.ours, gone);
    for (const auto& id : {unknown, gone}) {
        const auto code = codeOf([&] {
            world.run(&TokenRepository::insert, world.ours, world.pair(id, 1), std::string("x"));
        });
        BOOST_TEST((code == ErrorCode::NotFound));
        BOOST_TEST(!world.run(&TokenRepository::find, world.ours, id).has_value());
    }
}

BOOST_DATA_TEST_CASE(a_new_consent_replaces_the_pair_it_was_sealed_after, backends(), backend) {
    World world(backend);
    const auto id = world.storePair(world.ours, "ada");
    const auto replace = [&](std::int64_t generation) {
        return world.run(&TokenRepository::replace, world.ours, world.pair(id, generation),
                         std::string("consent"));
    };
    BOOST_TEST(!replace(1));
    BOOST_TEST(!replace(3));
    BOOST_TEST(world.tokens(id).tokens.access_sealed == "access-1");
    BOOST_TEST(replace(2));
    BOOST_TEST(!replace(2));
    BOOST_TEST(world.tokens(id).tokens.access_sealed == "access-2");
}

BOOST_DATA_TEST_CASE(a_refreshed_pair_is_stored_once_and_only_over_the_one_before, backends(),
                     backend) {
    World world(backend);
    const auto id = world.storePair(world.ours, "ada");
    const auto store = [&](std::int64_t generation) {
        return world.run(&TokenRepository::storeRefreshed, world.ours, world.pair(id, generation),
                         std::string("att_1"));
    };
    BOOST_TEST(!store(3));
    BOOST_TEST(store(2));
    BOOST_TEST(!store(2));
    const auto [tokens, state, written_by] = world.tokens(id);
    BOOST_TEST(written_by == "att_1");
    BOOST_TEST(tokens.generation == 2);
    BOOST_TEST(*tokens.refresh_sealed == "refresh-2");
}

BOOST_DATA_TEST_CASE(a_pair_that_comes_after_the_disconnect_is_not_stored, backends(), backend) {
    World world(backend);
    const auto erased = world.storePair(world.ours, "ada");
    world.run(&AccountRepository::remove, world.ours, erased);
    BOOST_TEST(world.run(&TokenRepository::erase, world.ours, erased));
    BOOST_TEST(!world.run(&TokenRepository::erase, world.ours, erased));

    // Removed, its tokens still there, as between the two steps of a disconnect.
    const auto half = world.storePair(world.ours, "bob");
    world.run(&AccountRepository::remove, world.ours, half);

    for (const auto& id : {erased, half}) {
        const auto pair = world.pair(id, 2);
        BOOST_TEST(
            !world.run(&TokenRepository::storeRefreshed, world.ours, pair, std::string("att_1")));
        BOOST_TEST(!world.run(&TokenRepository::replace, world.ours, pair, std::string("x")));
    }
    BOOST_TEST(world.tokens(half).tokens.generation == 1);
}

BOOST_DATA_TEST_CASE(of_writers_at_once_one_stores_its_pair, backends(), backend) {
    World world(backend);
    const auto id = world.storePair(world.ours, "ada");
    std::atomic<int> stored{0};
    std::vector<std::thread> writers;
    for (int i = 0; i < 8; ++i) {
        writers.emplace_back([&, i, pair = world.pair(id, 2)]() mutable {
            pair.access_sealed = "access of " + std::to_string(i);
            if (world.run(&TokenRepository::storeRefreshed, world.ours, pair, pair.access_sealed))
                ++stored;
        });
    }
    for (auto& writer : writers) writer.join();
    BOOST_TEST(stored == 1);
    BOOST_TEST(world.tokens(id).tokens.generation == 2);
}

// Of a disconnect and a store at once, either the store loses or the disconnect erases its pair.
BOOST_DATA_TEST_CASE(no_pair_outlives_a_disconnect_at_the_same_time, backends(), backend) {
    World world(backend);
    for (int round = 0; round < 20; ++round) {
        const auto id = world.storePair(world.ours, "ada" + std::to_string(round));
        std::thread disconnect([&] {
            world.db->write([&](Transaction& tx) {
                AccountRepository(tx).remove(world.ours, id);
                TokenRepository(tx).erase(world.ours, id);
            });
        });
        world.run(&TokenRepository::storeRefreshed, world.ours, world.pair(id, 2),
                  std::string("att_1"));
        disconnect.join();
        BOOST_TEST(!world.run(&TokenRepository::find, world.ours, id).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()
