#pragma once

/// \file
/// What a platform's answer to a refresh does to the account.

#include "accounts/refresh_failures.hpp"
#include "accounts/renewed_pairs.hpp"

namespace postato::accounts {

/// Each claim is settled exactly once, by one function of the two. Only the holder of the row's
/// lease and generation changes anything; whoever comes late is told `joined`. Thread-safe.
struct RefreshSettlement {
    RefreshSettlement(persistence::Database& database, const TokenVault& vault,
                      RevocationQueue& revocations, PlatformBreakers& breakers,
                      const RefreshSchedule& schedule, Random& random, const Logger& log,
                      RefreshPolicy policy)
        : pairs(database, vault, revocations, schedule, random, log),
          failures(database, breakers, schedule, random, log, policy) {}

    RenewedPairs pairs;
    RefreshFailures failures;
};

}  // namespace postato::accounts
