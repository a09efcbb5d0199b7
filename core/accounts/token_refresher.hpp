#pragma once

/// \file
/// Refreshing one account's tokens (RFC 6749 6): claim, call, store.

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "accounts/platform_gateway.hpp"
#include "accounts/refresh_schedule.hpp"
#include "accounts/token_vault.hpp"
#include "persistence/account_repository.hpp"
#include "persistence/database.hpp"
#include "persistence/token_repository.hpp"
#include "util/log.hpp"

namespace postato::accounts {

class RevocationQueue;

/// What asking for a refresh came to.
struct RefreshReport {
    bool refreshed = false;
    /// `refreshed`, `joined` (another did it meanwhile), `too_soon`, `not_refreshable`,
    /// `too_early`, `confirming` (refused once, asked again soon), `reconnect_required`,
    /// `platform_unavailable`, `app_misconfigured`, `in_progress`.
    std::string reason;
};

/// Thread-safe, and safe beside other processes on the same database: the lease in the row decides
/// who calls the platform, and a compare-and-set on its generation who may write.
class TokenRefresher {
public:
    TokenRefresher(persistence::Database& database, const PlatformGateway& platforms,
                   const TokenVault& vault, RevocationQueue& revocations,
                   const RefreshSchedule& schedule, Random& random, const Logger& log,
                   std::string owner, RefreshPolicy policy);

    /// Carries one claim through: no database session is held while the platform is called. Stops
    /// retrying the final write only when `stop` is requested.
    RefreshReport run(const persistence::RefreshClaim& claim, std::stop_token stop);

    /// A caller wants a refresh now. Joins one in flight; at most once a minute for a living token.
    RefreshReport refreshNow(const persistence::WorkspaceScope& scope, const AccountId& id);

    /// Credentials whose access token lives at least `margin` longer, refreshed when it does not.
    /// Nothing when the account cannot be used or the platform does not answer in time.
    std::optional<sdk::Credentials> fresh(const persistence::WorkspaceScope& scope,
                                          const AccountId& id, std::chrono::milliseconds margin);

    /// Claims what is due at one platform, for the worker.
    std::vector<persistence::RefreshClaim> claimDue(const std::string& platform,
                                                    std::int64_t limit);

private:
    class Flight;
    RefreshReport single(const persistence::WorkspaceScope& scope, const AccountId& id,
                         std::int64_t seen_generation);
    RefreshReport onSuccess(const persistence::RefreshClaim& claim, const sdk::Traits& traits,
                            sdk::Credentials fresh, std::chrono::steady_clock::time_point received,
                            std::stop_token stop);
    RefreshReport onLostWrite(const persistence::RefreshClaim& claim,
                              const sdk::Credentials& fresh);
    RefreshReport onFailure(const persistence::RefreshClaim& claim, const sdk::Traits& traits,
                            const sdk::PlatformError& error);
    RefreshReport onDeadGrant(const persistence::RefreshClaim& claim,
                              const sdk::PlatformError& error);
    RefreshReport onEnded(const persistence::RefreshClaim& claim);

    persistence::Database& database_;
    const PlatformGateway& platforms_;
    const TokenVault& vault_;
    RevocationQueue& revocations_;
    const RefreshSchedule& schedule_;
    Random& random_;
    const Logger& log_;
    std::string owner_;
    RefreshPolicy policy_;

    std::mutex flights_mutex_;
    std::condition_variable flights_changed_;
    std::set<std::string> flights_;  ///< accounts that a thread of this process is refreshing
};

}  // namespace postato::accounts
