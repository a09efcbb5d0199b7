#pragma once

/// \file
/// A refresh that ended without new tokens: another try, doubt about the pair, or the account's
/// end.

#include <string>

#include "accounts/refresh_report.hpp"
#include "accounts/refresh_schedule.hpp"
#include "accounts/store_patience.hpp"
#include "persistence/database.hpp"
#include "persistence/token_repository.hpp"
#include "postato/sdk/platform.hpp"
#include "util/log.hpp"
#include "util/random.hpp"

namespace postato::accounts {

class PlatformBreakers;

/// A success in which the plugin found nothing it knows: another version of it may.
bool makesNoSense(const sdk::PlatformError& error);

/// An answer was lost that may have spent the refresh token: a refusal is what is to be expected
/// then, and says nothing about the person or the platform.
bool mayBeSpent(const persistence::RefreshClaim& claim, const sdk::Traits& traits);

/// Thread-safe.
class RefreshFailures {
public:
    RefreshFailures(persistence::Database& database, PlatformBreakers& breakers,
                    const RefreshSchedule& schedule, Random& random, const Logger& log,
                    RefreshPolicy policy);

    /// The platform gave no tokens. Only a dead grant, refused twice, changes the account's status,
    /// and not while the platform refuses so many that it must be mistaken. Tries again for some
    /// seconds while the database is away; throws Error{Unavailable} then.
    RefreshReport failed(const persistence::RefreshClaim& claim, const sdk::Traits& traits,
                         const sdk::PlatformError& error, const StorePatience& patience);

    /// The platform could not be asked, for a reason of this process's own: the account is due
    /// again in a moment, for whoever can, and nothing is counted against it.
    RefreshReport postponed(const persistence::RefreshClaim& claim, const std::string& code);

    /// Whoever held the lease before has died or is stuck, and may have spent the refresh token: a
    /// strictly rotating platform is not asked again before his answer had time to turn up.
    RefreshReport doubted(const persistence::RefreshClaim& claim, const sdk::Traits& traits);

    /// The pair may be spent, though nobody holds its lease: its answer of before is lost, or the
    /// database is older than the answer. False when somebody is refreshing it, or it was doubted
    /// already.
    bool doubt(persistence::Transaction& tx, const persistence::RefreshClaim& found,
               sdk::Rotation rotation);

    /// The access token cannot be refreshed at all: when it has ended, so has the account.
    RefreshReport ended(const persistence::RefreshClaim& claim);

private:
    RefreshReport onFailure(const persistence::RefreshClaim& claim, const sdk::Traits& traits,
                            const sdk::PlatformError& error);
    RefreshReport onDeadGrant(const persistence::RefreshClaim& claim, const sdk::Traits& traits,
                              const sdk::PlatformError& error);

    persistence::Database& database_;
    PlatformBreakers& breakers_;
    const RefreshSchedule& schedule_;
    Random& random_;
    const Logger& log_;
    RefreshPolicy policy_;
};

}  // namespace postato::accounts
