#include "accounts/token_refresher.hpp"

#include <thread>

#include "journal/journal_clients.hpp"
#include "persistence/account_repository.hpp"
#include "persistence/identity_repository.hpp"
#include "util/kill_point.hpp"

namespace postato::accounts {
namespace {

using persistence::AccountStatus;
using persistence::RefreshClaim;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

/// How often a caller that joins another process's refresh looks whether it is done.
constexpr milliseconds kJoinPoll{50};

sdk::PlatformError ourFault(std::string code, std::string message) {
    return {sdk::ErrorKind::Misconfigured, std::move(message), std::move(code), std::nullopt, {}};
}

sdk::PlatformError notNow(std::string code, std::string message) {
    return {sdk::ErrorKind::Transient, std::move(message), std::move(code), std::nullopt, {}};
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
                               const TokenVault& vault, journal::AnswerJournal& journal,
                               PlatformBreakers& breakers, RefreshSettlement& settlement,
                               Random& random, const Logger& log, std::string owner,
                               RefreshPolicy policy)
    : database_(database),
      platforms_(platforms),
      vault_(vault),
      journal_(journal),
      breakers_(breakers),
      settlement_(settlement),
      random_(random),
      log_(log),
      owner_(std::move(owner)),
      policy_(policy),
      well_since_(Steady::now()) {}

std::vector<RefreshClaim> TokenRefresher::claimDue(const std::string& platform,
                                                   std::int64_t limit) {
    const auto admitted = breakers_.admitted(platform, static_cast<std::size_t>(limit));
    if (admitted == 0) return {};
    try {
        auto claims = database_.write([&](persistence::Transaction& tx) {
            auto due = persistence::TokenRepository(tx).claimDue(
                platform, owner_, policy_.lease, static_cast<std::int64_t>(admitted),
                longestInDoubt(), random_);
            if (!due.empty()) POSTATO_KILL_POINT("K0");
            return due;
        });
        if (!claims.empty()) breakers_.began(platform);
        return claims;
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Unavailable) well_since_ = Steady::now();
        throw;
    }
}

milliseconds TokenRefresher::longestInDoubt() const {
    const auto well = std::chrono::duration_cast<milliseconds>(Steady::now() - well_since_.load());
    return well >= policy_.calm ? milliseconds::max() : well * 10;
}

RefreshReport TokenRefresher::run(const RefreshClaim& claim, std::stop_token stop) {
    auto report = settle(claim, std::move(stop));
    if (on_end_) on_end_(claim.platform, report.reason);
    return report;
}

RefreshReport TokenRefresher::settle(const RefreshClaim& claim, std::stop_token stop) {
    const auto* entry = platforms_.registry.find(claim.platform);
    if (!claim.stored.tokens.refreshable()) return settlement_.ended(claim);
    if (entry == nullptr || !entry->platform)
        return settlement_.failed(
            claim, {}, ourFault("plugin_missing", "The platform's plugin is not loaded"));
    const auto& traits = entry->platform->traits();
    if (claim.taken_over && traits.rotation == sdk::Rotation::Strict)
        return settlement_.doubted(claim, traits);
    return call(claim, *entry, std::move(stop));
}

RefreshReport TokenRefresher::call(const RefreshClaim& claim, const platforms::PlatformEntry& entry,
                                   std::stop_token stop) {
    const auto& traits = entry.platform->traits();
    const auto& tokens = claim.stored.tokens;
    const RunningClock clock = database_.runningClock();
    std::optional<journal::JournalEntry> kept;
    sdk::Credentials old;
    try {
        old = vault_.open(claim.scope, tokens, clock.now());
        if (journal_.concerns(tokens.account_id.str()))
            return settlement_.failed(
                claim, traits, notNow("answer_waiting", "An answer of before is not settled yet"));
        kept.emplace(journal_.begin({.operation = journal::Operation::Refresh,
                                     .workspace = claim.scope.id().str(),
                                     .platform = claim.platform,
                                     .subject = tokens.account_id.str(),
                                     .attempt = claim.attempt_id,
                                     .generation = tokens.generation}));
    } catch (const Error& error) {
        if (error.code() == ErrorCode::DecryptFailed)
            return settlement_.failed(
                claim, traits,
                ourFault("decrypt_failed",
                         "The stored tokens do not open under any key of the ring"));
        return settlement_.failed(claim, traits, notNow("journal_unwritable", error.message()));
    }

    POSTATO_KILL_POINT("K1");
    // A process that was stopped meanwhile has lost its lease, or will before the answer comes.
    if (Steady::now() - claim.claimed_at > policy_.lease - platforms_.refresh_deadline)
        return settlement_.failed(claim, traits,
                                  notNow("lease_too_old", "The process was stopped for too long"));
    // No database session is held from here to the answer.
    const auto network = platforms_.http(platforms_.refresh_deadline);
    journal::RecordingClient http(*network, *kept, clock, log_);
    const auto result = entry.platform->refresh(http, old);
    if (result.ok())
        breakers_.succeeded(claim.platform);
    else
        noteFailure(claim, result.error().kind);
    if (result.ok()) {
        const auto report = settlement_.renewed(claim, traits, renewedFrom(old, result.value()),
                                                clock.now(), std::move(stop));
        POSTATO_KILL_POINT("K8");
        kept->settle();
        POSTATO_KILL_POINT("K9");
        return report;
    }
    const auto report = settlement_.failed(claim, traits, result.error());
    // Success without tokens that this plugin could find: a better one may find them.
    if (makesNoSense(result.error()))
        kept->setAside(entry.version);
    else
        kept->discard();
    return report;
}

void TokenRefresher::noteFailure(const RefreshClaim& claim, sdk::ErrorKind kind) {
    // After a lost answer a refusal is to be expected, and says nothing about the platform.
    if (claim.stored.state.in_doubt_since && kind == sdk::ErrorKind::InvalidGrant) return;
    breakers_.failed(claim.platform, claim.stored.tokens.account_id.str(), kind);
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
            if (claim) POSTATO_KILL_POINT("K0");
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
