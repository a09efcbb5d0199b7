#include "accounts/journal_replay.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "service_world.hpp"

using namespace postato;
using namespace postato::accounts;
using namespace postato::accounts::testing;
using persistence::AccountStatus;
using persistence::StatusReason;
using postato::testing::backends;
using Part = journal::Part;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A service whose process may be killed, and starts again.
struct KilledWorld : ServiceWorld {
    using ServiceWorld::ServiceWorld;

    void dieAfterAnswer() { BOOST_REQUIRE(ServiceWorld::dieAfterAnswer()); }

    std::size_t count(Part part) const { return journal.list(part).size(); }

    /// The account's row as it was.
    void goBackTo(const persistence::SealedTokens& backup) {
        db->write([&](persistence::Transaction& tx) {
            persistence::TokenRepository(tx).erase(workspace, backup.account_id);
            persistence::TokenRepository(tx).insert(workspace, backup, "backup");
        });
    }

    /// The pair of before two refreshes, of which the journal holds the second one's answer only:
    /// the first was long ago.
    persistence::SealedTokens backUpBeyondTheJournal(const AccountId& id) {
        const auto backup = tokens(workspace, id)->tokens;
        for (int round = 0; round < 2; ++round) {
            db.clock.advance(2min);
            BOOST_TEST(on_demand.refreshNow(workspace, id).refreshed);
            if (round == 0) fs::remove(journal.list(Part::Settled).front());
        }
        return backup;
    }

    /// Until nothing is left to try.
    StatusReason givenUpAs(const AccountId& id) {
        for (int round = 0; round < 3; ++round) {
            db.clock.advance(2h);
            refreshDue();
        }
        return account(workspace, id).status_reason.value();
    }

    /// The replay of a process that starts anew.
    void restart() { replay.catchUp(); }
};

}  // namespace

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

BOOST_DATA_TEST_CASE(an_entry_that_cannot_be_settled_holds_up_nobody, backends(), backend) {
    KilledWorld world(backend);
    const auto ada = world.connect(world.workspace, "ada");
    const auto bob = world.connect(world.workspace, "bob");
    world.passToDue();
    world.dieAfterAnswer();
    world.db.sql("UPDATE social_account_tokens SET access_sealed = 'x' WHERE account_id = '" +
                 ada.str() + "'");
    world.restart();
    BOOST_TEST(world.count(Part::Open) == 0u);
    BOOST_TEST(world.count(Part::Unread) == 1u);
    BOOST_TEST(world.tokens(world.workspace, bob)->tokens.generation == 2);
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

BOOST_DATA_TEST_CASE(an_answer_the_plugin_cannot_read_waits_for_a_better_one, backends(), backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.platform->reads = false;
    world.passToDue();
    world.refreshDue();
    BOOST_TEST(world.count(Part::Unread) == 1u);
    BOOST_TEST(world.tokens(world.workspace, id)->state.in_doubt_since.has_value());
    world.platform->reads = true;
    world.restart();  // the version has not changed
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 1);
    world.installPlugin("2");
    world.restart();
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 2);
    BOOST_TEST(!world.tokens(world.workspace, id)->state.in_doubt_since.has_value());
    BOOST_TEST(world.platform->reuses() == 0);
}

BOOST_DATA_TEST_CASE(a_plugin_that_ends_the_process_is_not_asked_for_ever, backends(), backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    world.dieAfterAnswer();
    for (int crash = 0; crash < 3; ++crash) {
        auto entry = world.journal.resume(world.journal.list(Part::Open).front());
        BOOST_REQUIRE(entry.has_value());
        entry->beginReading();  // and the process is gone
    }
    world.restart();
    BOOST_TEST(world.count(Part::Open) == 0u);
    BOOST_TEST(world.count(Part::Unread) == 1u);
    BOOST_TEST(world.tokens(world.workspace, id)->tokens.generation == 1);
}

BOOST_DATA_TEST_CASE(an_altered_answer_harms_nothing_and_holds_up_nobody, backends(), backend) {
    KilledWorld world(backend);
    const auto ada = world.connect(world.workspace, "ada");
    const auto bob = world.connect(world.workspace, "bob");
    world.passToDue();
    world.dieAfterAnswer();
    for (const auto& file : world.journal.list(Part::Open))
        if (file.filename().string().starts_with(ada.str()))
            std::ofstream(file, std::ios::app) << "not sealed\n";
    world.restart();
    BOOST_TEST(world.tokens(world.workspace, ada)->tokens.generation == 1);
    BOOST_TEST(world.tokens(world.workspace, bob)->tokens.generation == 2);
    BOOST_TEST(world.count(Part::Unread) == 1u);
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

BOOST_DATA_TEST_CASE(a_pair_that_could_not_be_read_is_revoked_when_its_account_has_gone, backends(),
                     backend) {
    KilledWorld world(backend);
    const auto id = world.connect(world.workspace, "ada");
    world.passToDue();
    world.platform->reads = false;
    world.refreshDue();
    BOOST_TEST(world.count(Part::Unread) == 1u);
    world.accounts.disconnect(world.workspace, id, audit::Actor::system());
    world.platform->reads = true;
    world.installPlugin("2.0.0");
    world.restart();
    while (world.revocations.runDue(10) > 0) {
    }
    auto revoked = world.platform->revoked();
    std::sort(revoked.begin(), revoked.end());
    BOOST_TEST(revoked == (std::vector<std::string>{"access-ada-1", "access-ada-2"}));
    BOOST_TEST(world.count(Part::Unread) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
