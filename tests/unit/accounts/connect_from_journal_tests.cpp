// Connects whose answer reached the journal and nothing else, as the process was killed or the
// database took nothing: they go on from there, or their pair is revoked.

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "connect_walk.hpp"
#include "journal/journal_clients.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using postato::testing::backends;
using State = ConnectResult::State;
using namespace std::chrono_literals;

namespace {

/// Comes back from the platform while nothing can be stored.
void arriveInVain(ServiceWorld& world, Walk& walk, const std::string& who) {
    world.db.sql("ALTER TABLE audit_records RENAME TO elsewhere");
    BOOST_CHECK_THROW(walk.arrive(who), Error);
    world.db.sql("ALTER TABLE elsewhere RENAME TO audit_records");
}

/// The process is killed between the platform's answer and everything else.
void dieAfterExchange(ServiceWorld& world, Walk& walk, const std::string& who) {
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

}  // namespace

BOOST_AUTO_TEST_SUITE(connect_from_journal_tests)

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

BOOST_AUTO_TEST_SUITE_END()
