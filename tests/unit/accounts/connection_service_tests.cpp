#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "journal/journal_clients.hpp"
#include "persistence/identity_repository.hpp"
#include "service_world.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using postato::testing::backends;
using State = ConnectResult::State;
using namespace std::chrono_literals;

namespace postato::accounts::testing {

/// One browser of one person, going through the flow.
struct Walk {
    ServiceWorld& world;
    SignedIn person;
    std::optional<ConnectStarted> started;
    std::string state;

    explicit Walk(ServiceWorld& where) : world(where), person(makePerson(where)) {}

    static SignedIn makePerson(ServiceWorld& where) {
        return where.db->write([&](persistence::Transaction& tx) {
            const auto id = UserId::make(tx.now(), where.db.random);
            persistence::UserRepository(tx).insert(
                {id, id.str() + "@example.com", std::nullopt, "owner", tx.now()});
            return SignedIn{id, "session"};
        });
    }

    void start(std::optional<AccountId> reconnect = std::nullopt) {
        started = world.connections.start(
            world.workspace,
            {.platform = kPlatform, .reconnect_account = reconnect, .person = person});
        const auto& url = started->authorization_url;
        state = url.substr(url.find("state=") + 6);
    }

    ConnectCallback callback(sdk::CallbackParameters parameters) const {
        parameters.emplace_back("state", state);
        return {.platform = kPlatform,
                .parameters = std::move(parameters),
                .browser_secret =
                    [this](const ConnectionId&) {
                        return std::string(started->browser_secret.reveal());
                    },
                .person = person,
                .may_connect = [](const auto&, const auto&) { return true; }};
    }

    ConnectResult arrive(const std::string& who) {
        return world.connections.callback(callback({{"code", who}}));
    }

    ConnectAsk ask() const {
        return {.connection = started->connection,
                .platform = kPlatform,
                .browser_secret = std::string(started->browser_secret.reveal()),
                .person = person,
                .may_connect = [](const auto&, const auto&) { return true; }};
    }
};

/// Comes back from the platform while nothing can be stored.
static void arriveInVain(ServiceWorld& world, Walk& walk, const std::string& who) {
    world.db.sql("ALTER TABLE audit_records RENAME TO elsewhere");
    BOOST_CHECK_THROW(walk.arrive(who), Error);
    world.db.sql("ALTER TABLE elsewhere RENAME TO audit_records");
}

/// The process is killed between the platform's answer and everything else.
static void dieAfterExchange(ServiceWorld& world, Walk& walk, const std::string& who) {
    const auto& id = walk.started->connection;
    BOOST_REQUIRE(world.db->write([&](persistence::Transaction& tx) {
        return persistence::ConnectionRepository(tx).consume(world.workspace, id);
    }));
    auto entry = world.journal.begin(
        {journal::Operation::Exchange, world.workspace.id().str(), kPlatform, id.str(), id.str()});
    ScriptedNetwork network(*world.platform);
    journal::RecordingClient http(network, entry, world.db.clock, world.log);
    sdk::CodeExchange exchange;
    exchange.code = sdk::Secret(who);
    BOOST_REQUIRE(world.platform->exchangeCode(http, exchange).ok());
}

static std::size_t listed(ServiceWorld& world) {
    return world.accounts.list(world.workspace, {}, {}, false).items.size();
}

}  // namespace postato::accounts::testing

BOOST_AUTO_TEST_SUITE(connection_service_tests)

BOOST_DATA_TEST_CASE(consent_makes_an_account_and_again_renews_it, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    const auto first = walk.arrive("ada");
    BOOST_TEST((first.state == State::Connected));
    BOOST_TEST(first.account_ids.size() == 1u);
    walk.start();
    const auto second = walk.arrive("ada");
    BOOST_TEST(second.account_ids == first.account_ids);
    BOOST_TEST(listed(world) == 1u);
    // The reach is the token alone, so the pair that was replaced is revoked.
    BOOST_TEST(world.revocations.runDue(10) == 1u);
    BOOST_TEST(world.platform->revoked() == std::vector<std::string>{"access-ada-1"});
}

BOOST_DATA_TEST_CASE(fifty_identical_callbacks_make_one_exchange, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    std::atomic<int> bad{0};
    {
        std::vector<std::jthread> callers;
        for (int i = 0; i < 50; ++i)
            callers.emplace_back([&] {
                const auto result = walk.arrive("ada");
                if (result.state != State::Connected && result.state != State::InProgress) ++bad;
            });
    }
    BOOST_TEST(bad.load() == 0);
    BOOST_TEST(world.platform->exchanges() == 1);
    BOOST_TEST(listed(world) == 1u);
    BOOST_TEST((walk.arrive("ada").state == State::Connected));
}

BOOST_DATA_TEST_CASE(a_stranger_s_callback_spoils_nothing, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    auto stolen = walk.callback({{"code", "ada"}});
    stolen.browser_secret = [](const ConnectionId&) { return std::optional<std::string>(); };
    BOOST_TEST(world.connections.callback(stolen).code == "wrong_browser");
    auto other = walk.callback({{"code", "ada"}});
    other.person = Walk::makePerson(world);
    BOOST_TEST(world.connections.callback(other).code == "sign_in_required");
    auto fired = walk.callback({{"code", "ada"}});
    fired.may_connect = [](const auto&, const auto&) { return false; };
    BOOST_TEST(world.connections.callback(fired).code == "not_permitted");
    auto mixed_up = walk.callback({{"code", "ada"}});
    mixed_up.platform = "another";
    BOOST_TEST(world.connections.callback(mixed_up).code == "unknown_state");
    auto issued = walk.callback({{"code", "ada"}, {"iss", "https://evil.example"}});
    BOOST_TEST(world.connections.callback(issued).code == "issuer_mismatch");
    BOOST_TEST(world.platform->exchanges() == 0);
    BOOST_TEST((walk.arrive("ada").state == State::Connected));
}

BOOST_DATA_TEST_CASE(after_ten_minutes_it_is_too_late, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    world.db.clock.advance(10min + 1s);
    const auto result = walk.arrive("ada");
    BOOST_TEST((result.state == State::Refused));
    BOOST_TEST(result.code == "connect_expired");
    BOOST_TEST(world.platform->exchanges() == 0);
}

BOOST_DATA_TEST_CASE(a_denial_is_a_normal_end, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    const auto result = world.connections.callback(walk.callback({{"error", "access_denied"}}));
    BOOST_TEST((result.state == State::Denied));
    BOOST_TEST(result.code == "access_denied");
    BOOST_TEST(listed(world) == 0u);
}

BOOST_DATA_TEST_CASE(a_missing_required_scope_refuses_and_revokes, backends(), backend) {
    ServiceWorld world(backend, [](auto& platform) { platform.grants = {"read"}; });
    Walk walk(world);
    walk.start();
    const auto result = walk.arrive("ada");
    BOOST_TEST((result.state == State::Failed));
    BOOST_TEST(result.code == "scope_missing");
    BOOST_TEST(result.detail == "write (publish in your name)");
    BOOST_TEST(listed(world) == 0u);
    world.revocations.runDue(10);
    BOOST_TEST(world.platform->revoked().size() == 1u);
}

BOOST_DATA_TEST_CASE(a_pinned_reconnect_refuses_another_person, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    const auto id = world.connect(world.workspace, "ada");
    const auto before = world.accessToken(world.workspace, id);
    walk.start(id);
    const auto result = walk.arrive("bob");
    BOOST_TEST((result.state == State::Failed));
    BOOST_TEST(result.code == "account_mismatch");
    BOOST_TEST(result.detail == "@ada");
    BOOST_TEST(world.accessToken(world.workspace, id) == before);
    BOOST_TEST(listed(world) == 1u);
    world.revocations.runDue(10);
    BOOST_TEST(world.platform->revoked().size() == 1u);
    walk.start(id);
    BOOST_TEST(walk.arrive("ada").account_ids == std::vector<std::string>{id.str()});
}

BOOST_DATA_TEST_CASE(a_disconnect_during_a_pinned_reconnect_wins, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    const auto id = world.connect(world.workspace, "several");
    walk.start(id);
    world.accounts.disconnect(world.workspace, id, audit::Actor::system());
    const auto result = walk.arrive("several");
    BOOST_TEST((result.state == State::Failed));
    BOOST_TEST(result.code == "account_mismatch");
    BOOST_TEST(listed(world) == 0u);
    BOOST_TEST(world.revocations.runDue(10) == 2u);
}

BOOST_DATA_TEST_CASE(a_new_consent_mends_tokens_that_do_not_open, backends(), backend) {
    ServiceWorld world(backend, [](auto& platform) {
        platform.facts.revocation_reach = sdk::RevocationReach::Token;
    });
    Walk walk(world);
    const auto id = world.connect(world.workspace, "ada");
    world.db.sql("UPDATE social_account_tokens SET access_sealed = 'AAAA'");
    walk.start(id);
    BOOST_TEST((walk.arrive("ada").state == State::Connected));
    BOOST_TEST(world.accessToken(world.workspace, id).starts_with("access-ada"));
}

BOOST_DATA_TEST_CASE(several_identities_wait_for_a_choice, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    BOOST_TEST((walk.arrive("several").state == State::Choosing));
    BOOST_TEST(listed(world) == 0u);
    BOOST_TEST(world.connections.choices(walk.ask()).size() == 2u);
    BOOST_CHECK_THROW(world.connections.choose(walk.ask(), {"somebody-else"}), Error);
    const auto result = world.connections.choose(walk.ask(), {"several-second"});
    BOOST_TEST((result.state == State::Connected));
    BOOST_TEST(listed(world) == 1u);
    BOOST_TEST(world.connections.choose(walk.ask(), {"several"}).account_ids == result.account_ids);
    BOOST_TEST(listed(world) == 1u);
}

BOOST_DATA_TEST_CASE(choosing_nothing_connects_nothing_and_revokes, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    walk.arrive("several");
    BOOST_TEST((world.connections.choose(walk.ask(), {}).state == State::Denied));
    BOOST_TEST(listed(world) == 0u);
    BOOST_TEST(world.revocations.runDue(10) == 1u);
}

BOOST_DATA_TEST_CASE(candidates_nobody_chose_are_swept_and_revoked, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    walk.arrive("several");
    world.housekeeper.sweep();
    BOOST_TEST((world.connections.result(walk.ask()).state == State::Choosing));
    world.db.clock.advance(10min + 1s);
    world.housekeeper.sweep();
    const auto result = world.connections.result(walk.ask());
    BOOST_TEST((result.state == State::Failed));
    BOOST_TEST(result.code == "connect_expired");
    BOOST_TEST(world.revocations.runDue(10) == 1u);
    BOOST_TEST(world.db.number(
                   "SELECT COUNT(*) FROM connections WHERE candidates_sealed IS NOT NULL") == 0);
    world.db.clock.advance(48h);
    world.housekeeper.sweep();
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM connections") == 0);
}

BOOST_DATA_TEST_CASE(candidates_that_do_not_open_hold_up_nobody, backends(), backend) {
    ServiceWorld world(backend);
    Walk broken(world);
    broken.start();
    broken.arrive("several");
    world.db.sql("UPDATE connections SET candidates_sealed = 'AAAA'");
    Walk whole(world);
    whole.start();
    whole.arrive("several");
    world.db.clock.advance(11min);
    world.housekeeper.sweep();
    for (auto* walk : {&broken, &whole})
        BOOST_TEST(world.connections.result(walk->ask()).code == "connect_expired");
    BOOST_TEST(world.revocations.runDue(10) == 1u);
}

// Another process can open them: only what nobody can read ends without a revocation.
BOOST_DATA_TEST_CASE(candidates_under_a_key_out_of_reach_wait_and_hold_up_nobody, backends(),
                     backend) {
    ServiceWorld world(backend);
    Walk within(world);
    within.start();
    within.arrive("several");
    world.data_keys.add(2, 'n');
    Walk beyond(world);
    beyond.start();
    beyond.arrive("several");
    world.data_keys.activate(1);
    world.data_keys.remove(2);
    world.data_keys.onMiss(
        [](std::uint32_t) { throw Error(ErrorCode::Unavailable, PublicMessage{"out of reach"}); });
    world.db.clock.advance(11min);
    world.housekeeper.sweep();
    BOOST_TEST(world.connections.result(within.ask()).code == "connect_expired");
    BOOST_TEST(world.db.number("SELECT COUNT(*) FROM connections WHERE outcome = 'choosing' "
                               "AND candidates_sealed IS NOT NULL") == 1);
    world.data_keys.add(2, 'n');
    world.housekeeper.sweep();
    BOOST_TEST(world.connections.result(beyond.ask()).code == "connect_expired");
    BOOST_TEST(world.revocations.runDue(10) == 2u);
}

BOOST_DATA_TEST_CASE(a_choice_that_cannot_be_stored_can_be_made_again, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    walk.arrive("several");
    world.db.sql("ALTER TABLE audit_records RENAME TO elsewhere");
    BOOST_CHECK_THROW(world.connections.choose(walk.ask(), {"several"}), Error);
    world.db.sql("ALTER TABLE elsewhere RENAME TO audit_records");
    BOOST_TEST((world.connections.choose(walk.ask(), {"several"}).state == State::Connected));
    BOOST_TEST(listed(world) == 1u);
}

BOOST_DATA_TEST_CASE(a_pair_that_could_not_be_stored_is_connected_from_the_journal, backends(),
                     backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    arriveInVain(world, walk, "ada");
    BOOST_TEST(listed(world) == 0u);
    BOOST_TEST((world.connections.result(walk.ask()).state == State::InProgress));

    world.db.clock.advance(30s);
    world.replay.resumeConnects(false);
    const auto result = world.connections.result(walk.ask());
    BOOST_TEST((result.state == State::Connected));
    BOOST_REQUIRE(listed(world) == 1u);
    const auto id = AccountId::trusted(result.account_ids.at(0));
    BOOST_TEST(world.accessToken(world.workspace, id) == "access-ada-1");
    const auto pair = world.tokens(world.workspace, id)->tokens;
    BOOST_TEST((*pair.access_expires_at == world.db.clock.now() - 30s + 2h));
    BOOST_TEST(world.platform->exchanges() == 1);
    world.replay.resumeConnects(true);
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 1);
}

BOOST_DATA_TEST_CASE(several_identities_from_the_journal_wait_for_their_choice, backends(),
                     backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    dieAfterExchange(world, walk, "several");
    world.replay.resumeConnects(false);
    BOOST_TEST((world.connections.result(walk.ask()).state == State::Choosing));
    BOOST_TEST(world.connections.choices(walk.ask()).size() == 2u);
}

BOOST_DATA_TEST_CASE(a_pair_whose_person_was_told_to_begin_again_is_revoked, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    arriveInVain(world, walk, "ada");
    world.db.clock.advance(61s);
    world.housekeeper.sweep();
    BOOST_TEST(world.connections.result(walk.ask()).code == "interrupted");
    world.replay.resumeConnects(false);
    BOOST_TEST(listed(world) == 0u);
    BOOST_TEST(world.connections.result(walk.ask()).code == "interrupted");
    BOOST_TEST(world.revocations.runDue(10) == 1u);
    BOOST_TEST(world.platform->revoked() == std::vector<std::string>{"access-ada-1"});
}

BOOST_DATA_TEST_CASE(a_pair_that_comes_too_late_is_revoked, backends(), backend) {
    ServiceWorld world(backend);
    Walk walk(world);
    walk.start();
    arriveInVain(world, walk, "ada");
    world.db.clock.advance(16min);
    world.replay.resumeConnects(false);
    BOOST_TEST(listed(world) == 0u);
    BOOST_TEST((world.connections.result(walk.ask()).state == State::Failed));
    BOOST_TEST(world.revocations.runDue(10) == 1u);
}

BOOST_DATA_TEST_CASE(the_twenty_first_start_closes_the_oldest, backends(), backend) {
    ServiceWorld world(backend);
    Walk oldest(world);
    oldest.start();
    for (int i = 0; i < 20; ++i) {
        world.db.clock.advance(1s);
        Walk next(world);
        next.person = oldest.person;
        next.start();
    }
    BOOST_TEST((oldest.arrive("ada").state == State::Failed));
    BOOST_TEST(world.platform->exchanges() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
