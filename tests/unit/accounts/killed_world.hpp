#pragma once

/// \file
/// A process that is killed and starts again, beside a database that may have gone back in time.

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "service_world.hpp"

namespace postato::accounts::testing {

/// A service whose process may be killed, and starts again.
struct KilledWorld : ServiceWorld {
    using ServiceWorld::ServiceWorld;
    using Part = journal::Part;

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
            db.clock.advance(std::chrono::minutes(2));
            BOOST_TEST(on_demand.refreshNow(workspace, id).refreshed);
            if (round == 0) std::filesystem::remove(journal.list(Part::Settled).front());
        }
        return backup;
    }

    /// Until nothing is left to try.
    persistence::StatusReason givenUpAs(const AccountId& id) {
        for (int round = 0; round < 3; ++round) {
            db.clock.advance(std::chrono::hours(2));
            refreshDue();
        }
        return account(workspace, id).status_reason.value();
    }

    /// The replay of a process that starts anew.
    void restart() { replay.catchUp(); }
};

}  // namespace postato::accounts::testing
