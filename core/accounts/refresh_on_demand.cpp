#include "accounts/refresh_on_demand.hpp"

#include <thread>

#include "persistence/account_repository.hpp"
#include "persistence/identity_repository.hpp"

namespace postato::accounts {
namespace {

using persistence::AccountStatus;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

/// How often a caller that joins another process's refresh looks whether it is done.
constexpr milliseconds kJoinPoll{50};

/// How long a caller waits for a database that is away to take the new pair. It is in the journal,
/// which settles it afterwards.
constexpr milliseconds kStoreOnDemand{2'000};

/// What the attempt that ended so was told to whoever made it.
std::string reasonOf(const std::optional<std::string>& outcome) {
    if (outcome == "misconfigured") return "app_misconfigured";
    if (outcome == "postponed") return "settling";
    if (outcome == "too_early") return "too_early";
    return "platform_unavailable";
}

/// 0: it has no end.
milliseconds lifeOf(const persistence::SealedTokens& tokens) {
    return tokens.access_expires_at ? *tokens.access_expires_at - tokens.issued_at
                                    : milliseconds{0};
}

}  // namespace

/// One thread of this process at a time refreshes an account; the others wait for it to leave.
class RefreshOnDemand::Flight {
public:
    Flight(RefreshOnDemand& owner, std::string account, Steady::time_point give_up)
        : owner_(owner), account_(std::move(account)) {
        std::unique_lock lock(owner_.flights_mutex_);
        alone_ = owner_.flights_changed_.wait_until(
            lock, give_up, [&] { return !owner_.flights_.contains(account_); });
        if (alone_) owner_.flights_.insert(account_);
    }
    ~Flight() {
        if (!alone_) return;
        {
            const std::lock_guard lock(owner_.flights_mutex_);
            owner_.flights_.erase(account_);
        }
        owner_.flights_changed_.notify_all();
    }
    Flight(const Flight&) = delete;
    Flight& operator=(const Flight&) = delete;

    /// False when the other did not leave in time.
    bool alone() const noexcept { return alone_; }

private:
    RefreshOnDemand& owner_;
    std::string account_;
    bool alone_ = false;
};

RefreshOnDemand::RefreshOnDemand(persistence::Database& database, const PlatformGateway& platforms,
                                 const TokenVault& vault, TokenRefresher& refresher,
                                 RefreshPolicy policy)
    : database_(database),
      platforms_(platforms),
      vault_(vault),
      refresher_(refresher),
      policy_(policy) {}

RefreshReport RefreshOnDemand::single(const Wanted& wanted) {
    const auto give_up = Steady::now() + platforms_.refresh_deadline;
    const Flight flight(*this, wanted.account.id.str(), give_up);
    while (flight.alone()) {
        const auto turn = takeTurn(wanted);
        if (turn.claim)
            return refresher_.run(*turn.claim,
                                  {.stop = stop_.get_token(), .longest = kStoreOnDemand});
        if (!turn.instead.empty()) return {false, turn.instead};
        if (Steady::now() >= give_up) break;
        std::this_thread::sleep_for(kJoinPoll);
    }
    return {false, "in_progress"};
}

TokenRefresher::Turn RefreshOnDemand::takeTurn(const Wanted& wanted) {
    // Who waits for another process's refresh only looks: SQLite has one lock for all who write.
    const auto turn =
        database_.read([&](persistence::Transaction& tx) { return lookAt(tx, wanted); });
    if (turn.leased || !turn.instead.empty()) return turn;
    return refresher_.claimOne(wanted.scope, wanted.seen, wanted.account.platform,
                               [&](persistence::Transaction& tx) { return lookAt(tx, wanted); });
}

TokenRefresher::Turn RefreshOnDemand::lookAt(persistence::Transaction& tx,
                                             const Wanted& wanted) const {
    const auto& id = wanted.account.id;
    const auto account = persistence::AccountRepository(tx).find(wanted.scope, id);
    const auto row = persistence::TokenRepository(tx).find(wanted.scope, id);
    if (!row || row->tokens.generation != wanted.seen.tokens.generation)
        return {.instead = "joined"};
    if (!account || account->status != AccountStatus::Connected)
        return {.instead = "reconnect_required"};
    if (row->state.lease_owner && *row->state.lease_until > tx.now()) return {.leased = true};
    return {.instead = reasonToWait(tx, *row, wanted)};
}

std::string RefreshOnDemand::reasonToWait(persistence::Transaction& tx,
                                          const persistence::StoredTokens& row,
                                          const Wanted& wanted) const {
    const auto& tokens = row.tokens;
    const auto& state = row.state;
    const bool early = tokens.next_refresh_at && *tokens.next_refresh_at > tx.now();
    // An answer was lost, or another machine may hold one: asking at once would spend a token that
    // may be spent already.
    const bool outlives = lifeOf(tokens) > refresher_.gate().longestNow();
    if (state.in_doubt_since && (early || outlives)) return "in_doubt";
    if (outlives && refresher_.rotatesStrictly(wanted.account.platform)) return "settling";
    if (!early) return {};
    // A second opinion is worth something only some time after the first.
    if (state.rejects > 0) return "confirming";
    // Whoever waited for somebody else's try takes its outcome for his own.
    const auto& before = wanted.seen.state;
    const bool awaited =
        state.lease_epoch != before.lease_epoch || (before.lease_owner && !state.lease_owner);
    if (state.failures > 0 && (awaited || wanted.patient)) return whyItFailed(tx, wanted);
    return awaited ? "too_early" : "";
}

std::string RefreshOnDemand::whyItFailed(persistence::Transaction& tx, const Wanted& wanted) const {
    // What is known of the platform by now says more than the account's own last try.
    if (refresher_.appIsRefused(wanted.account.platform)) return "app_misconfigured";
    return reasonOf(persistence::TokenRepository(tx).lastOutcome(wanted.scope, wanted.account.id));
}

std::optional<RefreshOnDemand::Look> RefreshOnDemand::look(const persistence::WorkspaceScope& scope,
                                                           const AccountId& id) {
    return database_.read([&](persistence::Transaction& tx) -> std::optional<Look> {
        auto account = persistence::AccountRepository(tx).find(scope, id);
        auto stored = persistence::TokenRepository(tx).find(scope, id);
        if (!account || !stored) return std::nullopt;
        return Look{std::move(*account), std::move(*stored), tx.now()};
    });
}

RefreshReport RefreshOnDemand::refreshNow(const persistence::WorkspaceScope& scope,
                                          const AccountId& id) {
    const auto seen = look(scope, id);
    if (!seen) throw notFound("Account");
    if (seen->account.status != AccountStatus::Connected) return {false, "reconnect_required"};
    const auto& tokens = seen->stored.tokens;
    if (!tokens.refreshable()) return {false, "not_refreshable"};
    if (tokens.earliest_refresh_at && *tokens.earliest_refresh_at > seen->now)
        return {false, "too_early"};

    const bool ended = tokens.access_expires_at && *tokens.access_expires_at <= seen->now;
    const auto& state = seen->stored.state;
    const bool in_flight = state.lease_owner && state.lease_until && *state.lease_until > seen->now;
    if (!ended && !in_flight) {
        const auto hits = database_.write([&](persistence::Transaction& tx) {
            return persistence::ThrottleRepository(tx).hit("refresh:" + id.str(),
                                                           policy_.manual_interval);
        });
        if (hits.count > 1) return {false, "too_soon"};
    }
    // A person may be less patient than the schedule, once a minute.
    return single({scope, seen->account, seen->stored, ended});
}

std::optional<sdk::Credentials> RefreshOnDemand::fresh(const persistence::WorkspaceScope& scope,
                                                       const AccountId& id, milliseconds margin) {
    const auto livesFor = [](const Look& seen, milliseconds longer) {
        const auto& end = seen.stored.tokens.access_expires_at;
        return !end || *end > seen.now + longer;
    };
    auto seen = look(scope, id);
    if (seen && seen->account.status == AccountStatus::Connected && !livesFor(*seen, margin) &&
        seen->stored.tokens.refreshable()) {
        single({scope, seen->account, seen->stored, true});
        seen = look(scope, id);
    }
    // A token that still lives is used even while its refresh is delayed.
    if (!seen || !livesFor(*seen, milliseconds{0})) return std::nullopt;
    return vault_.open(scope, seen->stored.tokens, seen->now);
}

}  // namespace postato::accounts
