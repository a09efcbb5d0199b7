#include "accounts/journal_settling.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "service_world.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using postato::testing::backends;
using namespace std::chrono_literals;
using Part = journal::Part;

namespace postato::accounts::testing {

struct SettlingWorld : ServiceWorld {
    using ServiceWorld::ServiceWorld;

    /// A process that starts, with what the one before it remembered.
    struct Start {
        explicit Start(SettlingWorld& world)
            : gate(world.db.clock, 60s),
              settling(*world.db, world.replay, gate, world.log,
                       world.directory.path() / "remembered") {}
        ClaimGate gate;
        JournalSettling settling;
    };
};

}  // namespace postato::accounts::testing

BOOST_AUTO_TEST_SUITE(journal_settling_tests)

BOOST_DATA_TEST_CASE(a_database_that_nobody_knows_is_waited_with, backends(), backend) {
    SettlingWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    world.dieAfterAnswer();
    SettlingWorld::Start start(world);
    start.settling.beat();
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 2);
    BOOST_TEST(start.gate.isOpen());
    BOOST_TEST(!start.gate.isCalm());
    world.db.clock.advance(60s);
    BOOST_TEST(!start.gate.isCalm());
    start.settling.beat();
    BOOST_TEST(start.gate.isCalm());
}

BOOST_DATA_TEST_CASE(the_database_of_before_the_start_is_not, backends(), backend) {
    SettlingWorld world(backend);
    world.connect(world.workspace, "ada");
    SettlingWorld::Start first(world);
    first.settling.beat();
    SettlingWorld::Start too_early(world);  // killed before it was calm
    too_early.settling.beat();
    BOOST_TEST(!too_early.gate.isCalm());
    world.db.clock.advance(60s);
    too_early.settling.beat();
    SettlingWorld::Start second(world);
    second.settling.beat();
    BOOST_TEST(second.gate.isCalm());
}

BOOST_DATA_TEST_CASE(where_nothing_is_held_nothing_can_be_lost, backends(), backend) {
    SettlingWorld world(backend);
    SettlingWorld::Start start(world);
    start.settling.beat();
    BOOST_TEST(start.gate.isCalm());
}

BOOST_DATA_TEST_CASE(another_database_is_settled_with_anew, backends(), backend) {
    SettlingWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    const auto former = world.tokens(world.workspace, id)->tokens;
    world.passToDue();
    SettlingWorld::Start start(world);
    start.gate.open("another", true);
    world.refreshDue();
    const auto newest = world.accessToken(world.workspace, id);
    world.db->write([&](persistence::Transaction& tx) {  // it lacks the last commit
        persistence::TokenRepository(tx).erase(world.workspace, id);
        persistence::TokenRepository(tx).insert(world.workspace, former, "backup");
    });
    start.settling.beat();
    BOOST_TEST(!start.gate.isOpenFor("another"));
    BOOST_TEST(start.gate.isOpen());
    BOOST_TEST(!start.gate.isCalm());
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 2);
    BOOST_TEST(world.accessToken(world.workspace, id) == newest);
}

BOOST_DATA_TEST_CASE(what_one_workspace_cannot_take_holds_up_nobody_else, backends(), backend) {
    SettlingWorld world(backend);
    const auto theirs = world.db.makeWorkspace();
    const auto ada = world.connect(world.workspace, "ada");
    const auto bob = world.connect(theirs, "bob");
    world.passToDue();
    world.dieAfterAnswer();
    // Ada comes back, which must be recorded, and her workspace's trail is broken.
    world.db.sql("UPDATE social_accounts SET status = 'token_expired' WHERE id = '" + ada.str() +
                 "'");
    world.db.sql("UPDATE audit_chains SET sequence = 0 WHERE chain = '" +
                 world.workspace.id().str() + "'");
    SettlingWorld::Start start(world);
    start.settling.beat();
    BOOST_TEST(start.gate.isOpen());
    BOOST_TEST(world.tokens(theirs, bob)->tokens.generation == 2);
    BOOST_TEST(world.tokens(world.workspace, ada)->tokens.generation == 1);
    BOOST_TEST(world.journal.list(Part::Open).size() == 1u);  // hers waits
}

BOOST_DATA_TEST_CASE(a_lost_commit_that_cannot_be_repaired_yet_leaves_doubt, backends(), backend) {
    SettlingWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    const auto former = world.tokens(world.workspace, id)->tokens;
    world.passToDue();
    world.platform->grants = std::vector<std::string>{"read"};
    world.refreshDue();
    world.db->write([&](persistence::Transaction& tx) {  // it lacks the last commit
        persistence::TokenRepository(tx).erase(world.workspace, id);
        persistence::TokenRepository(tx).insert(world.workspace, former, "backup");
    });
    // Her scopes have shrunk since, which must be recorded, and the trail is broken.
    world.db.sql("UPDATE social_accounts SET scopes_granted = 'read write'");
    world.db.sql("UPDATE audit_chains SET sequence = 0 WHERE chain = '" +
                 world.workspace.id().str() + "'");
    SettlingWorld::Start start(world);
    start.settling.beat();
    BOOST_TEST(start.gate.isOpen());
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 1);
    BOOST_TEST(world.tokens(world.workspace, id)->state.in_doubt_since.has_value());
    BOOST_TEST(world.refreshDue() == 0u);
    BOOST_TEST(world.platform->reuses() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
