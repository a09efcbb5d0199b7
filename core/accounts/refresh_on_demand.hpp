#pragma once

/// \file
/// Refreshes that somebody waits for: a person by hand, or whoever needs a token that lives.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "accounts/token_refresher.hpp"

namespace postato::accounts {

/// Thread-safe, and safe beside other processes on the same database. However many ask for one
/// account, the platform is called once, and what came of it holds for all of them.
class RefreshOnDemand {
public:
    RefreshOnDemand(persistence::Database& database, const PlatformGateway& platforms,
                    const TokenVault& vault, TokenRefresher& refresher, RefreshPolicy policy);

    /// A caller wants a refresh now. Joins one in flight, and takes its outcome for its own; at
    /// most once a minute for a living token. Throws Error{Unavailable} while the database is away,
    /// and when it does not take the new pair in time.
    RefreshReport refreshNow(const persistence::WorkspaceScope& scope, const AccountId& id);

    /// The credentials, refreshed first when their access token would not live `margin` longer. One
    /// that could not be refreshed is handed out as long as it lives, whatever the account's
    /// status. Nothing when there is none. Throws Error{Unavailable} as refreshNow().
    std::optional<sdk::Credentials> fresh(const persistence::WorkspaceScope& scope,
                                          const AccountId& id, std::chrono::milliseconds margin);

    /// Callers no longer wait for a database that is away.
    void stopWaiting() { stop_.request_stop(); }

private:
    class Flight;
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

    std::optional<Look> look(const persistence::WorkspaceScope& scope, const AccountId& id);
    RefreshReport single(const Wanted& wanted);
    TokenRefresher::Turn takeTurn(const Wanted& wanted);
    TokenRefresher::Turn lookAt(persistence::Transaction& tx, const Wanted& wanted) const;
    /// Empty: none.
    std::string reasonToWait(persistence::Transaction& tx, const persistence::StoredTokens& row,
                             const Wanted& wanted) const;
    std::string whyItFailed(persistence::Transaction& tx, const Wanted& wanted) const;

    persistence::Database& database_;
    const PlatformGateway& platforms_;
    const TokenVault& vault_;
    TokenRefresher& refresher_;
    RefreshPolicy policy_;
    std::stop_source stop_;

    std::mutex flights_mutex_;
    std::condition_variable flights_changed_;
    std::set<std::string> flights_;  ///< accounts that a thread of this process is refreshing
};

}  // namespace postato::accounts
