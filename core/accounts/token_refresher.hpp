#pragma once

/// \file
/// Refreshing one account's tokens (RFC 6749 6): who may call, when, and the call itself. What its
/// answer does stands in refresh_settlement.hpp.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "accounts/claim_gate.hpp"
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
                   PlatformBreakers& breakers, RefreshSettlement& settlement, const Clock& clock,
                   Random& random, const Logger& log, std::string owner, RefreshPolicy policy);

    /// Told of each refresh that ended: the platform, and the report's reason. Set once, before
    /// other threads refresh.
    using OnEnd = std::function<void(const std::string& platform, const std::string& reason)>;
    void onEnd(OnEnd tell) { on_end_ = std::move(tell); }

    /// Carries one claim through: no database session is held while the platform is called. Throws
    /// Error{Unavailable} when the patience to store the new pair has ended.
    RefreshReport run(const persistence::RefreshClaim& claim, const StorePatience& patience);

    /// A caller wants a refresh now. Joins one in flight, and takes its outcome for its own; at
    /// most once a minute for a living token. Throws Error{Unavailable} while nothing may be
    /// claimed.
    RefreshReport refreshNow(const persistence::WorkspaceScope& scope, const AccountId& id);

    /// The credentials, refreshed first when their access token would not live `margin` longer. One
    /// that could not be refreshed is handed out as long as it lives, whatever the account's
    /// status. Nothing when there is none.
    std::optional<sdk::Credentials> fresh(const persistence::WorkspaceScope& scope,
                                          const AccountId& id, std::chrono::milliseconds margin);

    /// Claims what is due at one platform, for the worker; of a platform in trouble one at a time.
    /// Nothing while the gate is closed; closes it when the database is away.
    std::vector<persistence::RefreshClaim> claimDue(const std::string& platform,
                                                    std::int64_t limit);

    /// Whoever settles the journal opens it.
    ClaimGate& gate() noexcept { return gate_; }

    /// Callers no longer wait for a database that is away.
    void stopWaiting() { on_demand_.request_stop(); }

private:
    class Flight;
    struct Turn;
    struct Look {
        persistence::Account account;
        persistence::StoredTokens stored;
        TimePoint now;
    };
    struct Wanted {
        const persistence::WorkspaceScope& scope;
        const persistence::Account& account;
        const persistence::StoredTokens& seen;  ///< another pair than this will do
        bool patient = false;                   ///< the schedule's time for the next try stands
    };

    RefreshReport settle(const persistence::RefreshClaim& claim, const StorePatience& patience);
    RefreshReport call(const persistence::RefreshClaim& claim,
                       const platforms::PlatformEntry& entry, const StorePatience& patience);
    RefreshReport refused(const persistence::RefreshClaim& claim,
                          const platforms::PlatformEntry& entry, journal::JournalEntry& kept,
                          sdk::PlatformError error);
    /// Tells the breaker.
    void noteFailure(const persistence::RefreshClaim& claim, sdk::ErrorKind kind);
    /// Or nobody knows whether it does.
    bool rotatesStrictly(const std::string& platform) const;

    std::optional<Look> look(const persistence::WorkspaceScope& scope, const AccountId& id);
    RefreshReport single(const Wanted& wanted);
    /// A claim, a reason to leave it, or neither while another has the lease.
    Turn takeTurn(const Wanted& wanted);
    Turn lookAt(persistence::Transaction& tx, const Wanted& wanted) const;
    /// Empty: none.
    std::string reasonToWait(const persistence::StoredTokens& row, const Wanted& wanted,
                             TimePoint now) const;

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
    ClaimGate gate_;
    std::stop_source on_demand_;

    std::mutex flights_mutex_;
    std::condition_variable flights_changed_;
    std::set<std::string> flights_;  ///< accounts that a thread of this process is refreshing
};

}  // namespace postato::accounts
