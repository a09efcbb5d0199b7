// Answers that a killed process has left: what is stored from them, and what has come first.

#include "accounts/journal_replay.hpp"

#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "killed_world.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using persistence::AccountStatus;
using persistence::StatusReason;
using postato::testing::backends;
using Part = journal::Part;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(journal_replay_tests)

BOOST_DATA_TEST_CASE(an_answer_that_only_the_journal_has_is_stored, backends(), backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    world.dieAfterAnswer();
    const auto answered = world.db.clock.now();
    BOOST_TEST(world.count(Part::Open) == 1u);
    world.db.clock.advance(5min);
    world.restart();

    const auto stored = world.tokens(world.workspace, id);
    BOOST_TEST(stored->tokens.generation == 2);
    BOOST_TEST(world.accessToken(world.workspace, id) == "access-ada-2");
    BOOST_TEST((*stored->tokens.access_expires_at == answered + 2h));  // from the answer's receipt
    BOOST_TEST(!stored->state.lease_owner.has_value());
    BOOST_TEST(!stored->state.in_doubt_since.has_value());
    BOOST_TEST(world.count(Part::Open) == 0u);
    BOOST_TEST(world.count(Part::Settled) == 1u);

    world.passToDue();
    BOOST_TEST(world.refreshDue() == 1u);
    BOOST_TEST(world.platform->reuses() == 0);
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 3);
}

BOOST_DATA_TEST_CASE(an_answer_that_the_database_has_changes_nothing, backends(), backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    BOOST_TEST(world.refreshDue() == 1u);
    // Killed after the commit, before the file was moved.
    const auto settled = world.journal.list(Part::Settled).front();
    fs::rename(settled, settled.parent_path().parent_path() / "open" / settled.filename());
    world.restart();
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 2);
    BOOST_TEST(world.accessToken(world.workspace, id) == "access-ada-2");
    BOOST_TEST(world.count(Part::Settled) == 1u);
    BOOST_TEST(world.platform->refreshes() == 1);
}

BOOST_DATA_TEST_CASE(a_commit_that_came_late_is_no_lost_comparison, backends(), backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    const auto claim = world.refresher.claimDue(kPlatform, 10).at(0);
    const auto fresh = world.platform->consented("ada");
    const auto now = world.db.clock.now();
    const auto& traits = world.platform->facts;
    BOOST_TEST(world.settlement.pairs.storeOnce(claim, traits, fresh, now).reason == "refreshed");
    world.passToDue();
    BOOST_TEST(world.refreshDue() == 1u);
    // Whoever never heard of the first commit tries again.
    BOOST_TEST(world.settlement.pairs.storeOnce(claim, traits, fresh, now).reason == "refreshed");
    BOOST_TEST(world.revocations.runDue(10) == 0u);
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 3);
}

BOOST_DATA_TEST_CASE(an_answer_that_waits_is_not_asked_for_again, backends(), backend) {
    KilledWorld world(backend);
    world.connect(world.workspace, "ada");
    world.passToDue();
    world.dieAfterAnswer();
    for (int round = 0; round < 4; ++round) {
        world.db.clock.advance(15min);
        world.refreshDue();
    }
    BOOST_TEST(world.platform->refreshes() == 1);
    world.restart();
    BOOST_TEST(world.platform->reuses() == 0);
}

BOOST_DATA_TEST_CASE(a_pair_for_a_disconnected_account_is_revoked_once, backends(), backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    world.dieAfterAnswer();
    world.accounts.disconnect(world.workspace, id, audit::Actor::system());
    world.restart();
    world.restart();
    while (world.revocations.runDue(10) > 0) {
    }
    auto revoked = world.platform->revoked();
    std::sort(revoked.begin(), revoked.end());
    BOOST_TEST(revoked == (std::vector<std::string>{"access-ada-1", "access-ada-2"}));
    BOOST_TEST(!world.tokens(world.workspace, id).has_value());
    for (const auto part : {Part::Open, Part::Settled, Part::Unread})
        BOOST_TEST(world.count(part) == 0u);
}

BOOST_DATA_TEST_CASE(a_later_consent_wins_over_the_journal, backends(), backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    world.dieAfterAnswer();
    BOOST_TEST((world.connect(world.workspace, "ada") == id));
    const auto consented = world.accessToken(world.workspace, id);
    world.restart();
    BOOST_TEST(world.accessToken(world.workspace, id) == consented);
    BOOST_TEST(world.count(Part::Open) == 0u);
}

BOOST_DATA_TEST_CASE(an_account_given_up_comes_back_with_its_pair, backends(), backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    world.dieAfterAnswer();
    // Another machine, which knows nothing of this journal, meets the spent token.
    const auto elsewhere = world.anotherProcess("elsewhere");
    const auto refreshElsewhere = [&] {
        for (const auto& claim : elsewhere->refresher.claimDue(kPlatform, 100))
            elsewhere->refresher.run(claim, {});
    };
    for (int round = 0; round < 4; ++round) {
        world.db.clock.advance(15min);
        refreshElsewhere();
    }
    BOOST_TEST((world.account(world.workspace, id).status_reason == StatusReason::RotationLost));

    world.restart();
    const auto account = world.account(world.workspace, id);
    BOOST_TEST((account.status == AccountStatus::Connected));
    BOOST_TEST(!account.status_reason.has_value());
    BOOST_TEST(world.accessToken(world.workspace, id) == "access-ada-2");
    BOOST_TEST(world.eventTypes(world.workspace, id).front() == "account.recovered");
    // The platform may have ended that pair for the spent token: then it will be told by its name.
    BOOST_TEST(world.tokens(world.workspace, id)->state.in_doubt_since.has_value());
    world.passToDue();
    for (int i = 0; i < 2; ++i) {
        world.platform->nextRefresh(errorOf(sdk::ErrorKind::InvalidGrant));
        world.refreshDue();
        world.db.clock.advance(2min);
    }
    BOOST_TEST((world.account(world.workspace, id).status_reason == StatusReason::RotationLost));
}

BOOST_DATA_TEST_CASE(a_second_opinion_that_is_better_leaves_no_doubt, backends(), backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    world.platform->nextRefresh(errorOf(sdk::ErrorKind::InvalidGrant));
    world.refreshDue();
    world.db.clock.advance(61s);
    BOOST_TEST(world.refreshDue() == 1u);
    const auto stored = world.tokens(world.workspace, id);
    BOOST_TEST(stored->tokens.generation == 2);
    BOOST_TEST(!stored->state.in_doubt_since.has_value());
}

BOOST_DATA_TEST_CASE(without_a_journal_no_platform_is_called, backends(), backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    fs::remove_all(world.directory.path() / "journal" / "open");
    std::ofstream(world.directory.path() / "journal" / "open") << "no directory";
    world.passToDue();
    BOOST_TEST(world.refreshDue() == 1u);
    BOOST_TEST(world.platform->refreshes() == 0);
    BOOST_TEST((world.account(world.workspace, id).status == AccountStatus::Connected));
    BOOST_TEST(world.tokens(world.workspace, id)->state.last_error_code.value() ==
               "journal_unwritable");
}

BOOST_AUTO_TEST_SUITE_END()
