#pragma once

/// \file
/// Refreshing one account's tokens (RFC 6749 6): who may call, when, and the call itself. What its
/// answer does stands in refresh_settlement.hpp.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "accounts/platform_breakers.hpp"
#include "accounts/platform_gateway.hpp"
#include "accounts/refresh_settlement.hpp"
#include "accounts/token_vault.hpp"
#include "journal/answer_journal.hpp"
#include "persistence/database.hpp"
#include "persistence/token_repository.hpp"
#include "util/log.hpp"

namespace postato::accounts {

/// Thread-safe, and safe beside other processes on the same database: the lease in the row decides
/// who calls the platform, and a compare-and-set on its generation who may write. The answer is in
/// the journal before anybody reads it, so that neither a kill nor an outage loses it.
class TokenRefresher {
public:
    TokenRefresher(persistence::Database& database, const PlatformGateway& platforms,
                   const TokenVault& vault, journal::AnswerJournal& journal,
                   PlatformBreakers& breakers, RefreshSettlement& settlement, Random& random,
                   const Logger& log, std::string owner, RefreshPolicy policy);

    /// Told of each refresh that ended: the platform, and the report's reason. Set once, before
    /// other threads refresh.
    using OnEnd = std::function<void(const std::string& platform, const std::string& reason)>;
    void onEnd(OnEnd tell) { on_end_ = std::move(tell); }

    /// Carries one claim through: no database session is held while the platform is called. Stops
    /// retrying the final write only when `stop` is requested.
    RefreshReport run(const persistence::RefreshClaim& claim, std::stop_token stop);

    /// A caller wants a refresh now. Joins one in flight; at most once a minute for a living token.
    RefreshReport refreshNow(const persistence::WorkspaceScope& scope, const AccountId& id);

    /// Credentials whose access token lives at least `margin` longer, refreshed when it does not.
    /// Nothing when the account cannot be used or the platform does not answer in time.
    std::optional<sdk::Credentials> fresh(const persistence::WorkspaceScope& scope,
                                          const AccountId& id, std::chrono::milliseconds margin);

    /// Claims what is due at one platform, for the worker; of a platform in trouble one at a time.
    std::vector<persistence::RefreshClaim> claimDue(const std::string& platform,
                                                    std::int64_t limit);

private:
    class Flight;
    RefreshReport settle(const persistence::RefreshClaim& claim, std::stop_token stop);
    /// Whoever has the answer that an account in doubt waits for must find the database well for a
    /// while: `calm`, or a tenth of the token's life. Longer lives than this have to wait.
    std::chrono::milliseconds longestInDoubt() const;
    RefreshReport call(const persistence::RefreshClaim& claim,
                       const platforms::PlatformEntry& entry, std::stop_token stop);
    /// Tells the breaker.
    void noteFailure(const persistence::RefreshClaim& claim, sdk::ErrorKind kind);
    RefreshReport single(const persistence::WorkspaceScope& scope, const AccountId& id,
                         std::int64_t seen_generation);

    persistence::Database& database_;
    const PlatformGateway& platforms_;
    const TokenVault& vault_;
    journal::AnswerJournal& journal_;
    PlatformBreakers& breakers_;
    RefreshSettlement& settlement_;
    Random& random_;
    const Logger& log_;
    std::string owner_;
    RefreshPolicy policy_;
    OnEnd on_end_;
    /// When the database was last away, as far as the claims have noticed.
    std::atomic<std::chrono::steady_clock::time_point> well_since_;

    std::mutex flights_mutex_;
    std::condition_variable flights_changed_;
    std::set<std::string> flights_;  ///< accounts that a thread of this process is refreshing
};

}  // namespace postato::accounts
