#pragma once

/// \file
/// Refreshing one account's tokens (RFC 6749 6): who may call, when, and the call itself. What its
/// answer does stands in refresh_settlement.hpp.

#include <functional>
#include <optional>
#include <string>
#include <vector>

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
    /// What a look at one account came to: a claim, a reason to leave it, or neither while another
    /// has the lease.
    struct Turn {
        std::optional<persistence::RefreshClaim> claim;
        bool leased = false;  ///< to another, who may yet succeed
        std::string instead;  ///< the reason of the report, when nothing will be claimed
    };

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

    /// Claims what is due at one platform, for the worker; of a platform in trouble one at a time.
    /// Nothing while the gate is not open for the database that is there, or nothing can be sealed.
    std::vector<persistence::RefreshClaim> claimDue(const std::string& platform,
                                                    std::int64_t limit);

    /// Claims one account's refresh for a caller, unless `look`, in the same transaction, finds
    /// another turn to take. Neither claim nor reason as well when somebody else has claimed it or
    /// replaced the pair that was seen.
    Turn claimOne(const persistence::WorkspaceScope& scope, const persistence::StoredTokens& seen,
                  const std::string& platform,
                  const std::function<Turn(persistence::Transaction&)>& look);

    /// Or nobody knows whether it does.
    bool rotatesStrictly(const std::string& platform) const;

    /// Whether the platform is paused because it refuses our app.
    bool appIsRefused(const std::string& platform);

    /// Whoever settles the journal opens it.
    ClaimGate& gate() noexcept { return gate_; }
    const ClaimGate& gate() const noexcept { return gate_; }

private:
    RefreshReport settle(const persistence::RefreshClaim& claim, const StorePatience& patience);
    RefreshReport call(const persistence::RefreshClaim& claim,
                       const platforms::PlatformEntry& entry, const StorePatience& patience);
    RefreshReport refused(const persistence::RefreshClaim& claim,
                          const platforms::PlatformEntry& entry, journal::JournalEntry& kept,
                          sdk::PlatformError error, const StorePatience& patience);
    /// Tells the breaker.
    void noteFailure(const persistence::RefreshClaim& claim, const sdk::Traits& traits,
                     sdk::ErrorKind kind);

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
};

}  // namespace postato::accounts
