// Settled answers beside a database that has gone back in time, by a failover or a restored backup:
// what they repair, where doubt is left, and that they undo nothing that the database has.

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "killed_world.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using persistence::StatusReason;
using postato::testing::backends;
using Part = journal::Part;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(restored_backup_tests)

BOOST_DATA_TEST_CASE(a_database_that_lost_its_last_commits_is_repaired_in_order, backends(),
                     backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    const auto backup = world.tokens(world.workspace, id)->tokens;
    for (int round = 0; round < 3; ++round) {
        world.passToDue();
        BOOST_TEST(world.refreshDue() == 1u);
        // Files of one moment would have no order.
        for (const auto& file : world.journal.list(Part::Settled))
            fs::last_write_time(file, fs::last_write_time(file) - 1s);
    }
    const auto newest = world.accessToken(world.workspace, id);
    world.goBackTo(backup);
    BOOST_TEST(world.accessToken(world.workspace, id) != newest);
    world.restart();
    BOOST_TEST(world.accessToken(world.workspace, id) == newest);
    world.passToDue();
    BOOST_TEST(world.refreshDue() == 1u);
    BOOST_TEST(world.platform->reuses() == 0);
}

BOOST_DATA_TEST_CASE(a_backup_older_than_the_journal_leaves_doubt_and_no_wrong_name, backends(),
                     backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.goBackTo(world.backUpBeyondTheJournal(id));
    world.restart();
    BOOST_TEST(world.tokens(world.workspace, id)->state.in_doubt_since.has_value());
    BOOST_TEST((world.givenUpAs(id) == StatusReason::RotationLost));
}

BOOST_DATA_TEST_CASE(a_backup_older_than_a_lost_key_leaves_doubt_and_no_wrong_name, backends(),
                     backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    const auto backup = world.tokens(world.workspace, id)->tokens;
    world.data_keys.add(2, 'n');
    world.passToDue();
    world.refreshDue();
    world.data_keys.activate(1);
    world.data_keys.remove(2);
    world.goBackTo(backup);
    world.restart();
    world.restart();
    BOOST_TEST(world.count(Part::Settled) == 0u);
    BOOST_TEST(world.count(Part::Unread) == 1u);
    BOOST_TEST((world.givenUpAs(id) == StatusReason::RotationLost));
}

BOOST_DATA_TEST_CASE(doubt_after_a_restored_backup_is_left_in_peace, backends(), backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    const auto backup = world.backUpBeyondTheJournal(id);
    const auto asked = world.platform->refreshes();
    world.goBackTo(backup);
    world.restart();
    BOOST_TEST(world.refreshDue() == 0u);
    world.db.clock.advance(2min);
    BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).reason == "in_doubt");
    world.db.clock.advance(world.policy.doubt_quarantine - 3min);
    BOOST_TEST(world.refreshDue() == 0u);
    BOOST_TEST(world.platform->refreshes() == asked);
}

BOOST_DATA_TEST_CASE(a_consent_after_a_restored_backup_wins_over_older_answers, backends(),
                     backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.goBackTo(world.backUpBeyondTheJournal(id));
    world.connect(world.workspace, "ada");
    const auto consented = world.accessToken(world.workspace, id);
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 2);  // for the second time
    world.restart();
    BOOST_TEST(world.accessToken(world.workspace, id) == consented);
}

BOOST_DATA_TEST_CASE(answers_older_than_a_consent_leave_it_no_doubt, backends(), backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    const auto backup = world.tokens(world.workspace, id)->tokens;
    for (int round = 0; round < 3; ++round) {
        world.db.clock.advance(2min);
        BOOST_TEST(world.on_demand.refreshNow(world.workspace, id).refreshed);
    }
    world.goBackTo(backup);
    // Of the three answers the first is gone: what is left is ahead of the database.
    fs::remove(world.journal.list(Part::Settled).front());
    world.connect(world.workspace, "ada");
    world.restart();
    BOOST_TEST(!world.tokens(world.workspace, id)->state.in_doubt_since.has_value());
}

BOOST_DATA_TEST_CASE(what_was_settled_is_never_revoked, backends(), backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    for (int round = 0; round < 2; ++round) {
        world.passToDue();
        world.refreshDue();
    }
    world.db.sql("DELETE FROM refresh_attempts");  // lost with the last commits of a primary
    world.restart();
    BOOST_TEST(world.revocations.runDue(10) == 0u);
    BOOST_TEST(world.platform->revoked().empty());
    BOOST_TEST(world.count(Part::Settled) == 2u);
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 3);
}

BOOST_DATA_TEST_CASE(settled_answers_that_the_database_has_are_not_opened, backends(), backend) {
    KilledWorld world(backend);
    for (const auto* person : {"ada", "bob", "cyd"}) world.connect(world.workspace, person);
    for (int round = 0; round < 4; ++round) {
        world.passToDue();
        BOOST_TEST(world.refreshDue() == 3u);
    }
    BOOST_TEST(world.count(Part::Settled) == 12u);
    const auto before = world.db->statementsRun();
    world.restart();
    BOOST_TEST(world.db->statementsRun() - before == 1u);
    BOOST_TEST(world.count(Part::Settled) == 12u);
}

BOOST_DATA_TEST_CASE(answers_of_an_account_disconnected_elsewhere_are_not_kept, backends(),
                     backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    world.refreshDue();
    BOOST_TEST(world.count(Part::Settled) == 1u);
    world.db.sql("DELETE FROM social_account_tokens");
    world.db.sql("UPDATE social_accounts SET deleted_at = 1 WHERE id = '" + id.str() + "'");
    world.restart();
    BOOST_TEST(world.count(Part::Settled) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
