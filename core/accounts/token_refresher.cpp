#include "accounts/token_refresher.hpp"

#include <thread>

#include "persistence/account_repository.hpp"
#include "persistence/identity_repository.hpp"

namespace postato::accounts {
namespace {

using persistence::AccountStatus;
using persistence::RefreshClaim;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

/// How often a caller that joins another process's refresh looks whether it is done.
constexpr milliseconds kJoinPoll{50};

/// What an answer leaves out keeps its old value, whether or not the plugin saw to it.
sdk::Credentials merged(const sdk::Credentials& old, sdk::Credentials fresh) {
    if (fresh.refresh_token.empty()) {
        fresh.refresh_token = old.refresh_token;
        if (!fresh.refresh_token_expires_in)
            fresh.refresh_token_expires_in = old.refresh_token_expires_in;
    }
    if (fresh.subject.empty()) fresh.subject = old.subject;
    if (fresh.plugin_data.empty()) fresh.plugin_data = old.plugin_data;
    if (fresh.token_type.empty()) fresh.token_type = old.token_type;
    fresh.access_token_refreshes_itself |= old.access_token_refreshes_itself;
    return fresh;
}

}  // namespace

/// One thread of this process at a time refreshes an account; the others wait for it to leave.
class TokenRefresher::Flight {
public:
    Flight(TokenRefresher& refresher, std::string account)
        : refresher_(refresher), account_(std::move(account)) {
        std::unique_lock lock(refresher_.flights_mutex_);
        refresher_.flights_changed_.wait(lock,
                                         [&] { return !refresher_.flights_.contains(account_); });
        refresher_.flights_.insert(account_);
    }
    ~Flight() {
        {
            const std::lock_guard lock(refresher_.flights_mutex_);
            refresher_.flights_.erase(account_);
        }
        refresher_.flights_changed_.notify_all();
    }
    Flight(const Flight&) = delete;
    Flight& operator=(const Flight&) = delete;

private:
    TokenRefresher& refresher_;
    std::string account_;
};

TokenRefresher::TokenRefresher(persistence::Database& database, const PlatformGateway& platforms,
                               const TokenVault& vault, RevocationQueue& revocations,
                               const RefreshSchedule& schedule, Random& random, const Logger& log,
                               std::string owner, RefreshPolicy policy)
    : database_(database),
      platforms_(platforms),
      vault_(vault),
      random_(random),
      owner_(std::move(owner)),
      policy_(policy),
      settlement_(database, vault, revocations, schedule, random, log, policy) {}

std::vector<RefreshClaim> TokenRefresher::claimDue(const std::string& platform,
                                                   std::int64_t limit) {
    return database_.write([&](persistence::Transaction& tx) {
        return persistence::TokenRepository(tx).claimDue(platform, owner_, policy_.lease, limit,
                                                         random_);
    });
}

RefreshReport TokenRefresher::run(const RefreshClaim& claim, std::stop_token stop) {
    const auto* entry = platforms_.registry.find(claim.platform);
    if (!claim.stored.tokens.refreshable()) return settlement_.ended(claim);
    if (entry == nullptr || !entry->platform)
        return settlement_.failed(claim, {},
                                  {sdk::ErrorKind::Misconfigured,
                                   "The platform's plugin is not loaded",
                                   "plugin_missing",
                                   std::nullopt,
                                   {}});
    const auto& traits = entry->platform->traits();

    sdk::Credentials old;
    try {
        const TimePoint now = database_.read([](persistence::Transaction& tx) { return tx.now(); });
        old = vault_.open(claim.scope, claim.stored.tokens, now);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::DecryptFailed) throw;
        return settlement_.failed(claim, traits,
                                  {sdk::ErrorKind::Misconfigured,
                                   "The stored tokens do not open under any key of the ring",
                                   "decrypt_failed",
                                   std::nullopt,
                                   {}});
    }

    // No database session is held from here to the answer.
    const auto http = platforms_.http(platforms_.refresh_deadline);
    auto result = entry->platform->refresh(*http, old);
    const auto received = Steady::now();

    if (!result.ok()) return settlement_.failed(claim, traits, result.error());
    return settlement_.renewed(claim, traits, merged(old, std::move(result.value())), received,
                               stop);
}

RefreshReport TokenRefresher::single(const persistence::WorkspaceScope& scope, const AccountId& id,
                                     std::int64_t seen_generation) {
    const Flight flight(*this, id.str());
    const auto give_up = Steady::now() + platforms_.refresh_deadline;
    for (;;) {
        std::optional<RefreshClaim> claim;
        bool waits_in_doubt = false;
        const bool done = database_.write([&](persistence::Transaction& tx) {
            persistence::TokenRepository tokens(tx);
            const auto row = tokens.find(scope, id);
            if (!row || row->tokens.generation != seen_generation) return true;
            // An answer was lost: asking at once would spend a token that may be spent already.
            waits_in_doubt = row->state.in_doubt_since && row->tokens.next_refresh_at &&
                             *row->tokens.next_refresh_at > tx.now();
            if (waits_in_doubt) return false;
            claim = tokens.claim(scope, id, seen_generation, owner_, policy_.lease, random_);
            return false;
        });
        if (done) return {false, "joined"};
        if (waits_in_doubt) return {false, "in_doubt"};
        if (claim) return run(*claim, {});
        if (Steady::now() >= give_up) return {false, "in_progress"};
        std::this_thread::sleep_for(kJoinPoll);
    }
}

RefreshReport TokenRefresher::refreshNow(const persistence::WorkspaceScope& scope,
                                         const AccountId& id) {
    struct Look {
        std::optional<persistence::Account> account;
        std::optional<persistence::StoredTokens> stored;
        TimePoint now;
    };
    const auto look = database_.read([&](persistence::Transaction& tx) {
        return Look{persistence::AccountRepository(tx).find(scope, id),
                    persistence::TokenRepository(tx).find(scope, id), tx.now()};
    });
    if (!look.account || !look.stored) throw notFound("Account");
    if (look.account->status != AccountStatus::Connected) return {false, "reconnect_required"};
    const auto& tokens = look.stored->tokens;
    if (!tokens.refreshable()) return {false, "not_refreshable"};
    if (tokens.earliest_refresh_at && *tokens.earliest_refresh_at > look.now)
        return {false, "too_early"};

    const bool ended = tokens.access_expires_at && *tokens.access_expires_at <= look.now;
    const auto& lease_until = look.stored->state.lease_until;
    const bool in_flight = look.stored->state.lease_owner && lease_until && *lease_until > look.now;
    if (!ended && !in_flight) {
        const auto hits = database_.write([&](persistence::Transaction& tx) {
            return persistence::ThrottleRepository(tx).hit("refresh:" + id.str(),
                                                           policy_.manual_interval);
        });
        if (hits.count > 1) return {false, "too_soon"};
    }
    return single(scope, id, tokens.generation);
}

std::optional<sdk::Credentials> TokenRefresher::fresh(const persistence::WorkspaceScope& scope,
                                                      const AccountId& id, milliseconds margin) {
    struct Look {
        std::optional<persistence::Account> account;
        std::optional<persistence::StoredTokens> stored;
        TimePoint now;
    };
    const auto look = [&] {
        return database_.read([&](persistence::Transaction& tx) {
            return Look{persistence::AccountRepository(tx).find(scope, id),
                        persistence::TokenRepository(tx).find(scope, id), tx.now()};
        });
    };
    const auto livesFor = [](const Look& seen, milliseconds longer) {
        const auto& end = seen.stored->tokens.access_expires_at;
        return !end || *end > seen.now + longer;
    };
    auto seen = look();
    if (!seen.account || !seen.stored) return std::nullopt;
    if (seen.account->status == AccountStatus::Connected && !livesFor(seen, margin) &&
        seen.stored->tokens.refreshable()) {
        single(scope, id, seen.stored->tokens.generation);
        seen = look();
        if (!seen.account || !seen.stored) return std::nullopt;
    }
    // A token that still lives is used even while its refresh is delayed.
    if (!livesFor(seen, milliseconds{0})) return std::nullopt;
    return vault_.open(scope, seen.stored->tokens, seen.now);
}

}  // namespace postato::accounts
