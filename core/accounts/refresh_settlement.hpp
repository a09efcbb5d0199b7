#pragma once

/// \file
/// What a platform's answer to a refresh does to the account: new tokens, another try, or its end.

#include <functional>
#include <stop_token>
#include <string>

#include "accounts/refresh_schedule.hpp"
#include "accounts/token_vault.hpp"
#include "persistence/account_repository.hpp"
#include "persistence/database.hpp"
#include "persistence/token_repository.hpp"
#include "postato/sdk/platform.hpp"
#include "util/log.hpp"

namespace postato::accounts {

class PlatformBreakers;
class RevocationQueue;

/// What asking for a refresh came to.
struct RefreshReport {
    bool refreshed = false;
    /// `refreshed`, `joined` (another did it meanwhile), `too_soon`, `not_refreshable`,
    /// `too_early`, `in_doubt` (an answer was lost), `confirming` (refused once, asked again soon),
    /// `reconnect_required`, `platform_unavailable`, `app_misconfigured`, `in_progress`, `settling`
    /// (this process may not ask now: the database is another one than before, a key or room in the
    /// journal is missing, or an answer waits to be stored).
    std::string reason;
};

/// What an answer leaves out keeps its old value, whether or not the plugin saw to it.
sdk::Credentials renewedFrom(const sdk::Credentials& old, sdk::Credentials fresh);

/// A success in which the plugin found nothing it knows: another version of it may.
bool makesNoSense(const sdk::PlatformError& error);

/// An answer was lost that may have spent the refresh token: a refusal is what is to be expected
/// then, and says nothing about the person or the platform.
bool mayBeSpent(const persistence::RefreshClaim& claim, const sdk::Traits& traits);

/// How long to go on trying to store what an answer means while the database is away.
struct StorePatience {
    std::stop_token stop;
    std::chrono::milliseconds longest = std::chrono::milliseconds::max();
};

/// Each claim is settled exactly once, by one of the four. Only the holder of the row's lease and
/// generation changes anything; whoever comes late is told `joined`. Thread-safe.
class RefreshSettlement {
public:
    RefreshSettlement(persistence::Database& database, const TokenVault& vault,
                      RevocationQueue& revocations, PlatformBreakers& breakers,
                      const RefreshSchedule& schedule, Random& random, const Logger& log,
                      RefreshPolicy policy);

    /// The platform gave a new pair, at `received_at`. The old one may be spent, so this keeps
    /// trying to store it while the database is away, as long as `patience` says, and for a while
    /// when the database is there and will not take it; it then throws Error{Unavailable}. Needs no
    /// lease: a late holder of the only valid pair still wins, and brings an account back that was
    /// given up for lost. A pair whose account is gone meanwhile is revoked.
    RefreshReport renewed(const persistence::RefreshClaim& claim, const sdk::Traits& traits,
                          const sdk::Credentials& fresh, TimePoint received_at,
                          const StorePatience& patience);
    /// The same in one try: throws Error{Unavailable} when the database is away.
    RefreshReport renewedOnce(const persistence::RefreshClaim& claim, const sdk::Traits& traits,
                              const sdk::Credentials& fresh, TimePoint received_at);

    /// The platform gave none. Only a dead grant, refused twice, changes the account's status, and
    /// not while the platform refuses so many that it must be mistaken.
    /// Tries again for some seconds while the database is away; throws Error{Unavailable} then.
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
    bool store(persistence::Transaction& tx, const persistence::RefreshClaim& claim,
               const sdk::Traits& traits, const sdk::Credentials& fresh, TimePoint received_at);
    void bringBack(persistence::Transaction& tx, const persistence::RefreshClaim& claim,
                   const persistence::Account& account);
    void tellLostScopes(persistence::Transaction& tx, const persistence::RefreshClaim& claim,
                        const persistence::Account& account,
                        const std::vector<std::string>& granted);
    RefreshReport onLostWrite(const persistence::RefreshClaim& claim, const sdk::Traits& traits,
                              const sdk::Credentials& fresh);
    RefreshReport onFailure(const persistence::RefreshClaim& claim, const sdk::Traits& traits,
                            const sdk::PlatformError& error);
    RefreshReport onDeadGrant(const persistence::RefreshClaim& claim, const sdk::Traits& traits,
                              const sdk::PlatformError& error);
    RefreshReport patiently(const persistence::RefreshClaim& claim, const StorePatience& patience,
                            const std::function<RefreshReport()>& store);

    persistence::Database& database_;
    const TokenVault& vault_;
    RevocationQueue& revocations_;
    PlatformBreakers& breakers_;
    const RefreshSchedule& schedule_;
    Random& random_;
    const Logger& log_;
    RefreshPolicy policy_;
};

}  // namespace postato::accounts
