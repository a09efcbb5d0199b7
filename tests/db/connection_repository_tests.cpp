#include "persistence/connection_repository.hpp"

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

namespace postato::persistence::testing {

struct ConnectionWorld : World {
    using World::World;

    Connection connection(const std::string& state) {
        const auto now = db.clock.now();
        Connection connection{.id = makeId<ConnectionId>(), .workspace_id = ours.id()};
        connection.platform = kPlatform;
        connection.state_hash = state;
        connection.browser_hash = "browser";
        connection.user_id = user;
        connection.session_hash = "session";
        connection.client_id = "client";
        connection.redirect_uri = "https://postato.test/connect/fake/callback";
        connection.issuer = "https://fake.test";
        connection.verifier_sealed = "sealed verifier";
        connection.scopes = {"read", "write"};
        connection.reconnect_account_id = makeId<AccountId>();
        connection.return_to = "/accounts";
        connection.created_at = now;
        connection.expires_at = now + 10min;
        return connection;
    }
    /// One that waits for the platform.
    ConnectionId begin(const std::string& state) {
        const auto made = connection(state);
        run(&ConnectionRepository::insert, ours, made);
        return made.id;
    }
    /// One whose callback has come.
    ConnectionId consumed(const std::string& state) {
        const auto id = begin(state);
        BOOST_TEST_REQUIRE(consume(id));
        return id;
    }
    /// One that waits for a choice between accounts, for five minutes.
    ConnectionId choosing(const std::string& state) {
        const auto id = consumed(state);
        offer(id);
        return id;
    }

    bool consume(const ConnectionId& id) { return run(&ConnectionRepository::consume, ours, id); }
    void offer(const ConnectionId& id) {
        run(&ConnectionRepository::offerCandidates, ours, id, std::string("sealed candidates"),
            db.clock.now() + 5min);
    }
    bool take(const ConnectionId& id) {
        return run(&ConnectionRepository::takeCandidates, ours, id);
    }
    bool finish(const ConnectionId& id, const std::string& outcome,
                const std::vector<std::string>& accounts = {}) {
        return run(&ConnectionRepository::finish, ours, id, outcome, std::optional<std::string>(),
                   std::optional<std::string>(), accounts);
    }
    Connection read(const ConnectionId& id) {
        return run(&ConnectionRepository::findById, id).value().connection;
    }

    UserId user = makeId<UserId>();
};

}  // namespace postato::persistence::testing

BOOST_AUTO_TEST_SUITE(connection_repository_tests)

BOOST_DATA_TEST_CASE(a_connection_is_found_by_its_state_whole, backends(), backend) {
    ConnectionWorld world(backend);
    const auto stored = world.connection("state");
    world.run(&ConnectionRepository::insert, world.ours, stored);
    const auto [scope, found] =
        world.run(&ConnectionRepository::findByState, std::string("state")).value();
    BOOST_TEST(scope.id().str() == world.ours.id().str());
    BOOST_TEST(found.id.str() == stored.id.str());
    BOOST_TEST(found.workspace_id.str() == world.ours.id().str());
    BOOST_TEST(found.platform == kPlatform);
    BOOST_TEST(found.browser_hash == "browser");
    BOOST_TEST((found.user_id == world.user));
    BOOST_TEST(*found.session_hash == "session");
    BOOST_TEST(!found.connect_link_id.has_value());
    BOOST_TEST(found.client_id == "client");
    BOOST_TEST(found.redirect_uri == "https://postato.test/connect/fake/callback");
    BOOST_TEST(found.issuer == "https://fake.test");
    BOOST_TEST(*found.verifier_sealed == "sealed verifier");
    BOOST_TEST((found.scopes == stored.scopes));
    BOOST_TEST((found.reconnect_account_id == stored.reconnect_account_id));
    BOOST_TEST(*found.return_to == "/accounts");
    BOOST_TEST((found.created_at == stored.created_at));
    BOOST_TEST((found.expires_at == stored.expires_at));
    BOOST_TEST(!found.consumed_at.has_value());
    BOOST_TEST(!found.candidates_sealed.has_value());
    BOOST_TEST(!found.outcome.has_value());
    BOOST_TEST(found.account_ids.empty());
    BOOST_TEST(!world.run(&ConnectionRepository::findByState, std::string("STATE")).has_value());
}

BOOST_DATA_TEST_CASE(a_state_is_used_by_one_connection, backends(), backend) {
    ConnectionWorld world(backend);
    world.begin("state");
    BOOST_TEST((codeOf([&] { world.begin("state"); }) == ErrorCode::Conflict));
}

BOOST_DATA_TEST_CASE(a_connection_belongs_to_a_person_or_a_link, backends(), backend) {
    ConnectionWorld world(backend);
    auto nobodys = world.connection("state");
    nobodys.user_id.reset();
    const auto insert = [&] { world.run(&ConnectionRepository::insert, world.ours, nobodys); };
    BOOST_TEST((codeOf(insert) == ErrorCode::Conflict));
    nobodys.connect_link_id = world.makeId<ConnectLinkId>();
    insert();
    BOOST_TEST((world.read(nobodys.id).connect_link_id == nobodys.connect_link_id));
}

BOOST_DATA_TEST_CASE(of_callbacks_at_once_one_consumes, backends(), backend) {
    ConnectionWorld world(backend);
    const auto id = world.begin("state");
    std::atomic<int> consumed{0};
    std::vector<std::thread> callbacks;
    for (int i = 0; i < 8; ++i) {
        callbacks.emplace_back([&] {
            if (world.consume(id)) ++consumed;
        });
    }
    for (auto& callback : callbacks) callback.join();
    BOOST_TEST(consumed == 1);
    BOOST_TEST((world.read(id).consumed_at == world.db.clock.now()));
}

BOOST_DATA_TEST_CASE(an_expired_or_ended_connection_is_not_consumed, backends(), backend) {
    ConnectionWorld world(backend);
    const auto expired = world.begin("expired");
    world.db.clock.advance(10min);
    BOOST_TEST(!world.consume(expired));
    const auto denied = world.begin("denied");
    BOOST_TEST(world.finish(denied, "denied"));
    BOOST_TEST(!world.consume(denied));
}

BOOST_DATA_TEST_CASE(offering_a_choice_erases_the_verifier, backends(), backend) {
    ConnectionWorld world(backend);
    const auto id = world.choosing("state");
    const auto found = world.read(id);
    BOOST_TEST(*found.outcome == "choosing");
    BOOST_TEST(*found.candidates_sealed == "sealed candidates");
    BOOST_TEST((found.candidates_expire_at == world.db.clock.now() + 5min));
    BOOST_TEST(!found.verifier_sealed.has_value());
    BOOST_TEST((codeOf([&] { world.offer(id); }) == ErrorCode::Conflict));
    const auto waiting = world.begin("waiting");
    BOOST_TEST((codeOf([&] { world.offer(waiting); }) == ErrorCode::Conflict));
}

BOOST_DATA_TEST_CASE(a_choice_is_taken_once_and_in_time, backends(), backend) {
    ConnectionWorld world(backend);
    const auto id = world.choosing("state");
    std::atomic<int> taken{0};
    std::vector<std::thread> choices;
    for (int i = 0; i < 8; ++i) {
        choices.emplace_back([&] {
            if (world.take(id)) ++taken;
        });
    }
    for (auto& choice : choices) choice.join();
    BOOST_TEST(taken == 1);
    BOOST_TEST(!world.read(id).candidates_sealed.has_value());
    BOOST_TEST(!world.read(id).outcome.has_value());

    const auto late = world.choosing("late");
    world.db.clock.advance(5min);
    BOOST_TEST(!world.take(late));
}

BOOST_DATA_TEST_CASE(an_outcome_is_final_and_erases_every_secret, backends(), backend) {
    ConnectionWorld world(backend);
    for (const auto& id : {world.begin("a"), world.consumed("b"), world.choosing("c")}) {
        BOOST_TEST(world.finish(id, "connected", {"acc_1", "acc_2"}));
        BOOST_TEST(!world.finish(id, "failed"));
        const auto found = world.read(id);
        BOOST_TEST(*found.outcome == "connected");
        BOOST_TEST((found.account_ids == std::vector<std::string>{"acc_1", "acc_2"}));
        BOOST_TEST(!found.verifier_sealed.has_value());
        BOOST_TEST(!found.candidates_sealed.has_value());
        BOOST_TEST(!found.candidates_expire_at.has_value());
    }
    const auto refused = world.consumed("d");
    BOOST_TEST(world.run(&ConnectionRepository::finish, world.ours, refused, std::string("failed"),
                         std::optional<std::string>("wrong_account"),
                         std::optional<std::string>("@ada"), std::vector<std::string>{}));
    BOOST_TEST(*world.read(refused).outcome_code == "wrong_account");
    BOOST_TEST(*world.read(refused).outcome_detail == "@ada");
}

BOOST_DATA_TEST_CASE(a_person_has_only_so_many_connections_open, backends(), backend) {
    ConnectionWorld world(backend);
    std::vector<ConnectionId> ids;
    for (int i = 0; i < 5; ++i) {
        world.db.clock.advance(1s);
        ids.push_back(world.begin("state " + std::to_string(i)));
    }
    const auto consumed = world.consumed("consumed");
    BOOST_TEST(world.run(&ConnectionRepository::closeOldest, world.user, 3) == 2);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto found = world.read(ids[i]);
        BOOST_TEST(found.outcome.has_value() == (i < 2));
        BOOST_TEST(found.verifier_sealed.has_value() == (i >= 2));
    }
    BOOST_TEST(*world.read(ids[0]).outcome == "failed");
    BOOST_TEST(*world.read(ids[0]).outcome_code == "connect_expired");
    BOOST_TEST(!world.read(consumed).outcome.has_value());
    BOOST_TEST(world.run(&ConnectionRepository::closeOldest, world.makeId<UserId>(), 0) == 0);
}

BOOST_DATA_TEST_CASE(choices_nobody_made_are_handed_out_once, backends(), backend) {
    ConnectionWorld world(backend);
    const auto first = world.choosing("a");
    world.db.clock.advance(1min);
    world.choosing("b");
    const auto take = [&](std::int64_t limit) {
        return world.run(&ConnectionRepository::takeExpiredCandidates, limit,
                         std::set<std::string>{kPlatform}, TimePoint{});
    };
    world.db.clock.advance(4min - 1ms);
    BOOST_TEST(take(10).empty());
    world.db.clock.advance(1min + 1ms);
    const auto taken = take(1);
    BOOST_REQUIRE(taken.size() == 1u);
    BOOST_TEST(taken[0].connection.id.str() == first.str());
    BOOST_TEST(taken[0].scope.id().str() == world.ours.id().str());
    BOOST_TEST(*taken[0].connection.candidates_sealed == "sealed candidates");
    BOOST_TEST(!world.read(first).candidates_sealed.has_value());
    BOOST_TEST(take(10).size() == 1u);
    BOOST_TEST(take(10).empty());
}

BOOST_DATA_TEST_CASE(choices_of_a_platform_that_is_missing_wait_and_hold_up_nobody, backends(),
                     backend) {
    ConnectionWorld world(backend);
    world.choosing("a");
    world.db.clock.advance(6min);
    const auto take = [&](const std::set<std::string>& platforms, TimePoint anyway) {
        return world.run(&ConnectionRepository::takeExpiredCandidates, std::int64_t{1}, platforms,
                         anyway);
    };
    BOOST_TEST(take({"another"}, world.db.clock.now() - 1h).empty());
    BOOST_TEST(take({}, world.db.clock.now()).size() == 1u);
}

BOOST_DATA_TEST_CASE(a_callback_that_died_is_marked_interrupted, backends(), backend) {
    ConnectionWorld world(backend);
    const auto interrupted = world.consumed("a");
    const auto waiting = world.begin("b");
    const auto choosing = world.choosing("c");
    const auto before = world.db.clock.now();
    BOOST_TEST(world.run(&ConnectionRepository::failInterrupted, before) == 0);
    BOOST_TEST(world.run(&ConnectionRepository::failInterrupted, before + 1ms) == 1);
    BOOST_TEST(*world.read(interrupted).outcome == "failed");
    BOOST_TEST(*world.read(interrupted).outcome_code == "interrupted");
    BOOST_TEST(!world.read(interrupted).verifier_sealed.has_value());
    BOOST_TEST(!world.read(waiting).outcome.has_value());
    BOOST_TEST(*world.read(choosing).outcome == "choosing");
}

// A row that still holds candidates is kept: they must be revoked first.
BOOST_DATA_TEST_CASE(old_connections_are_swept_but_for_candidates, backends(), backend) {
    ConnectionWorld world(backend);
    const auto waiting = world.begin("a");
    const auto ended = world.begin("b");
    world.finish(ended, "denied");
    const auto choosing = world.choosing("c");
    const auto expiry = world.db.clock.now() + 10min;
    BOOST_TEST(world.run(&ConnectionRepository::sweep, expiry) == 0);
    BOOST_TEST(world.run(&ConnectionRepository::sweep, expiry + 1ms) == 2);
    BOOST_TEST(!world.run(&ConnectionRepository::findById, waiting).has_value());
    BOOST_TEST(!world.run(&ConnectionRepository::findById, ended).has_value());
    BOOST_TEST(world.run(&ConnectionRepository::findById, choosing).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
