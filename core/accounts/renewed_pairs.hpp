#pragma once

/// \file
/// A refresh that the platform answered with new tokens: they become the account's.

#include <string>
#include <vector>

#include "accounts/refresh_report.hpp"
#include "accounts/refresh_schedule.hpp"
#include "accounts/store_patience.hpp"
#include "accounts/token_vault.hpp"
#include "persistence/account_repository.hpp"
#include "persistence/database.hpp"
#include "persistence/token_repository.hpp"
#include "postato/sdk/platform.hpp"
#include "util/log.hpp"

namespace postato::accounts {

class RevocationQueue;

/// What an answer leaves out keeps its old value, whether or not the plugin saw to it.
sdk::Credentials renewedFrom(const sdk::Credentials& old, sdk::Credentials fresh);

/// Thread-safe.
class RenewedPairs {
public:
    RenewedPairs(persistence::Database& database, const TokenVault& vault,
                 RevocationQueue& revocations, const RefreshSchedule& schedule, Random& random,
                 const Logger& log);

    /// The platform gave a new pair, at `received_at`. The old one may be spent, so this keeps
    /// trying to store it while the database is away, as long as `patience` says, and for a while
    /// when the database is there and will not take it; it then throws Error{Unavailable}. Needs no
    /// lease: a late holder of the only valid pair still wins, and brings an account back that was
    /// given up for lost. A pair whose account is gone meanwhile is revoked.
    RefreshReport store(const persistence::RefreshClaim& claim, const sdk::Traits& traits,
                        const sdk::Credentials& fresh, TimePoint received_at,
                        const StorePatience& patience);
    /// The same in one try: throws Error{Unavailable} when the database is away.
    RefreshReport storeOnce(const persistence::RefreshClaim& claim, const sdk::Traits& traits,
                            const sdk::Credentials& fresh, TimePoint received_at);

private:
    bool tryStore(persistence::Transaction& tx, const persistence::RefreshClaim& claim,
                  const sdk::Traits& traits, const sdk::Credentials& fresh, TimePoint received_at);
    void bringBack(persistence::Transaction& tx, const persistence::RefreshClaim& claim,
                   const persistence::Account& account);
    void tellLostScopes(persistence::Transaction& tx, const persistence::RefreshClaim& claim,
                        const persistence::Account& account,
                        const std::vector<std::string>& granted);
    RefreshReport onLostWrite(const persistence::RefreshClaim& claim, const sdk::Traits& traits,
                              const sdk::Credentials& fresh);

    persistence::Database& database_;
    const TokenVault& vault_;
    RevocationQueue& revocations_;
    const RefreshSchedule& schedule_;
    Random& random_;
    const Logger& log_;
};

}  // namespace postato::accounts
