#pragma once

/// \file
/// Sealed tokens, the due-time index and the lease of the one who refreshes.

#include <chrono>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "persistence/database.hpp"
#include "persistence/workspace_scope.hpp"
#include "util/ids.hpp"

namespace postato::persistence {

/// One account's sealed pair as stored. All ciphertexts belong to `generation`.
struct SealedTokens {
    AccountId account_id;
    std::int64_t generation = 0;
    std::string access_sealed;
    std::optional<std::string> refresh_sealed;
    std::optional<std::string> plugin_data_sealed;
    std::int64_t key_id = 0;
    std::string token_type;
    bool refreshes_itself = false;
    TimePoint issued_at;
    std::optional<TimePoint> access_expires_at;
    std::optional<TimePoint> refresh_expires_at;
    std::optional<TimePoint> earliest_refresh_at;
    std::optional<TimePoint> next_refresh_at;  ///< when a worker must look next; none: never

    bool refreshable() const { return refresh_sealed.has_value() || refreshes_itself; }
};

/// The state of refreshing, beside the pair.
struct RefreshState {
    std::optional<std::string> lease_owner;
    std::int64_t lease_epoch = 0;
    std::optional<TimePoint> lease_until;
    std::optional<TimePoint> in_doubt_since;
    std::int64_t rejects = 0;   ///< refusals of the dead-grant class in a row
    std::int64_t failures = 0;  ///< passing failures in a row
    std::optional<std::string> last_error_code;
};

struct StoredTokens {
    SealedTokens tokens;
    RefreshState state;
    std::string written_by;  ///< the attempt or connection that brought the pair
};

/// Work that a claim handed out: the row as it is under the lease, in its own workspace's scope.
struct RefreshClaim {
    WorkspaceScope scope;
    std::string platform;
    std::string client_id;  ///< of the account, as `grant_key` is
    std::string grant_key;
    std::string attempt_id;
    std::string owner;
    StoredTokens stored;
    /// The database's time, told by the claim; goes on while the process is stopped.
    RunningClock clock;
    /// The lease was taken from one who never gave it back: his request may have been sent.
    bool taken_over = false;
};

/// Which of a platform's due rows may be claimed.
struct DueFilter {
    std::int64_t limit = 0;
    /// A pair in doubt is claimed only if it lives no longer than this.
    std::chrono::milliseconds longest = std::chrono::milliseconds::max();
    /// Every pair counts as one in doubt.
    bool careful = false;
    /// The latest data key that this process has: what is sealed under a later one is for others.
    std::int64_t newest_key = std::numeric_limits<std::int64_t>::max();
};

class TokenRepository {
public:
    explicit TokenRepository(Transaction& tx) : tx_(tx) {}

    std::optional<StoredTokens> find(const WorkspaceScope& scope, const AccountId& id);

    void insert(const WorkspaceScope& scope, const SealedTokens& tokens,
                const std::string& written_by);

    /// A fresh consent replaces the pair whatever the old generation was (it must be the one sealed
    /// for: `tokens.generation` = old + 1, compared), clears lease, doubt and counters.
    /// False when another writer came first.
    bool replace(const WorkspaceScope& scope, const SealedTokens& tokens,
                 const std::string& written_by);

    /// Takes leases on rows of `platform` that are due at tx.now() and not leased (or
    /// whose lease ran out, which marks them in doubt), oldest first, and records the attempts.
    /// The commit of this transaction is the permission to call the platform.
    std::vector<RefreshClaim> claimDue(const std::string& platform, const std::string& owner,
                                       std::chrono::milliseconds lease, const DueFilter& filter,
                                       Random& random);
    /// The same for one account, due or not, unless its pair is another than the one of
    /// `generation` or another holds a lease that has not run out.
    std::optional<RefreshClaim> claim(const WorkspaceScope& scope, const AccountId& id,
                                      std::int64_t generation, const std::string& owner,
                                      std::chrono::milliseconds lease, Random& random);

    /// What an attempt is about whose answer turns up without its lease: as a claim, with the
    /// generation 0 when the pair is gone. Nothing when there is no such account.
    std::optional<RefreshClaim> ofAttempt(const WorkspaceId& workspace, const AccountId& id,
                                          const std::string& attempt_id);

    /// The generations of these accounts' pairs, in whatever workspace; nothing for one without a
    /// pair.
    std::map<std::string, std::int64_t> generations(const std::set<std::string>& accounts);

    /// Marks a pair in doubt that nobody is refreshing, and when it may be tried. False when it is
    /// of another generation by now, in doubt already, leased, or of an account that ended.
    bool doubt(const WorkspaceScope& scope, const AccountId& id, std::int64_t generation,
               TimePoint next_refresh_at);

    /// Compare-and-set on `tokens.generation - 1` and a live account; releases the lease and clears
    /// counters, and doubt, unless another attempt has spent the same token since and was refused.
    /// False: somebody else wrote, or the account is gone.
    bool storeRefreshed(const WorkspaceScope& scope, const SealedTokens& tokens,
                        const std::string& attempt_id);

    /// Gives the lease back without a new pair: next time to look, counters, code. Only while the
    /// claim's epoch is still the row's. `in_doubt` keeps or sets the mark.
    struct Release {
        std::optional<TimePoint> next_refresh_at;
        std::int64_t rejects = 0;
        std::int64_t failures = 0;
        bool in_doubt = false;
        std::optional<std::string> error_code;
    };
    bool release(const RefreshClaim& claim, const Release& release);

    /// Closes the attempt's row: `ok`, `transient`, `misconfigured`, `rejected`, `in_doubt`, ...
    void finishAttempt(const RefreshClaim& claim, const std::string& outcome,
                       const std::optional<std::string>& code);

    /// How the latest closed attempt of an account ended; nothing: none is remembered.
    std::optional<std::string> lastOutcome(const WorkspaceScope& scope, const AccountId& id);

    /// Whether it was closed, and not because of a doubt that its answer may yet end.
    bool attemptSettled(const WorkspaceScope& scope, const std::string& attempt_id);

    /// Whether there is any pair.
    bool any();

    /// Destroys the secrets of an account: the row goes. True when there was one.
    bool erase(const WorkspaceScope& scope, const AccountId& id);

    /// How many refreshes are due at tx.now() at each platform, under way or not: what is counted
    /// is what waits, not the accounts.
    std::map<std::string, std::int64_t> countDue();

    /// Forgets finished attempts older than `before`. For housekeeping.
    std::int64_t sweepAttempts(TimePoint before);

    /// What claimDue runs, so that its plan can be looked at.
    static const Statement& claimDueStatement(Dialect dialect);

private:
    bool writePair(const WorkspaceScope& scope, const SealedTokens& tokens,
                   const std::string& written_by, bool refreshed);
    /// Records the attempt of a row that was just leased.
    RefreshClaim claimOf(const Row& row, const std::string& owner, Random& random);

    Transaction& tx_;
};

}  // namespace postato::persistence
