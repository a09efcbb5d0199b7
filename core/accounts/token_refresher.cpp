#include "accounts/token_refresher.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "accounts/account_writer.hpp"
#include "accounts/revocation_queue.hpp"
#include "persistence/identity_repository.hpp"
#include "util/json.hpp"

namespace postato::accounts {
namespace {

using persistence::AccountStatus;
using persistence::RefreshClaim;
using persistence::StatusReason;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

/// How often a caller that joins another process's refresh looks whether it is done.
constexpr milliseconds kJoinPoll{50};
constexpr milliseconds kFirstStoreRetry{200};
constexpr milliseconds kLongestStoreRetry{5'000};

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

StatusReason reasonOf(const sdk::PlatformError& error, const RefreshClaim& claim, TimePoint now) {
    const auto& stored = claim.stored;
    if (stored.state.in_doubt_since) return StatusReason::RotationLost;
    switch (error.grant_end) {
        case sdk::GrantEnd::UserRevoked:
            return StatusReason::UserRevoked;
        case sdk::GrantEnd::RefreshTokenExpired:
            return StatusReason::RefreshTokenExpired;
        case sdk::GrantEnd::AccountSuspended:
            return StatusReason::AccountSuspended;
        case sdk::GrantEnd::Unknown:
            break;
    }
    if (stored.tokens.refresh_expires_at && *stored.tokens.refresh_expires_at <= now)
        return StatusReason::RefreshTokenExpired;
    return StatusReason::Unknown;
}

bool saysSuspended(const sdk::PlatformError& error) {
    return error.kind == sdk::ErrorKind::AccountSuspended ||
           error.grant_end == sdk::GrantEnd::AccountSuspended;
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
      revocations_(revocations),
      schedule_(schedule),
      random_(random),
      log_(log),
      owner_(std::move(owner)),
      policy_(policy) {}

std::vector<RefreshClaim> TokenRefresher::claimDue(const std::string& platform,
                                                   std::int64_t limit) {
    return database_.write([&](persistence::Transaction& tx) {
        return persistence::TokenRepository(tx).claimDue(platform, owner_, policy_.lease, limit,
                                                         random_);
    });
}

RefreshReport TokenRefresher::run(const RefreshClaim& claim, std::stop_token stop) {
    const auto* entry = platforms_.registry.find(claim.platform);
    if (!claim.stored.tokens.refreshable()) return onEnded(claim);
    if (entry == nullptr || !entry->platform)
        return onFailure(claim, {},
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
        return onFailure(claim, traits,
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

    if (!result.ok()) return onFailure(claim, traits, result.error());
    return onSuccess(claim, traits, merged(old, std::move(result.value())), received, stop);
}

RefreshReport TokenRefresher::onSuccess(const RefreshClaim& claim, const sdk::Traits& traits,
                                        sdk::Credentials fresh, Steady::time_point received,
                                        std::stop_token stop) {
    const auto& account = claim.stored.tokens.account_id;
    const auto store = [&](persistence::Transaction& tx) {
        const TimePoint received_at =
            tx.now() - std::chrono::duration_cast<milliseconds>(Steady::now() - received);
        auto sealed = vault_.seal(claim.scope, account, claim.stored.tokens.generation + 1, fresh,
                                  traits, received_at);
        sealed.next_refresh_at = schedule_.afterIssue(sealed, traits);
        persistence::TokenRepository tokens(tx);
        if (!tokens.storeRefreshed(claim.scope, sealed, claim.attempt_id)) return false;
        persistence::AccountRepository(tx).setGrant(claim.scope, account, fresh.scopes,
                                                    reconnectBy(sealed));
        tokens.finishAttempt(claim, "ok", std::nullopt);
        return true;
    };

    // The old pair may be spent already: this one must be stored however long the database is away.
    milliseconds wait = kFirstStoreRetry;
    for (;;) {
        try {
            if (database_.write(store)) {
                log_.info("refresh.done",
                          {{"account", account.str()}, {"platform", claim.platform}});
                return {true, "refreshed"};
            }
            return onLostWrite(claim, fresh);
        } catch (const Error& error) {
            log_.error("refresh.store_failed", {{"account", account.str()},
                                                {"platform", claim.platform},
                                                {"detail", error.detail()}});
            if (error.code() != ErrorCode::Unavailable) throw;
        }
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any stopped;
        if (stopped.wait_for(lock, stop, wait, [] { return false; }); stop.stop_requested())
            throw Error(ErrorCode::Unavailable,
                        PublicMessage{"Stopped before the new tokens could be stored"});
        wait = std::min(wait * 2, kLongestStoreRetry);
    }
}

RefreshReport TokenRefresher::onLostWrite(const RefreshClaim& claim,
                                          const sdk::Credentials& fresh) {
    const auto& account = claim.stored.tokens.account_id;
    return database_.write([&](persistence::Transaction& tx) -> RefreshReport {
        persistence::TokenRepository tokens(tx);
        const auto row = tokens.find(claim.scope, account);
        if (row) {
            // A COMMIT whose answer was lost did land after all, or a newer consent stands.
            const auto standing = vault_.open(claim.scope, row->tokens, tx.now());
            const bool ours = standing.access_token.reveal() == fresh.access_token.reveal();
            tokens.finishAttempt(claim, ours ? "ok" : "superseded", std::nullopt);
            return ours ? RefreshReport{true, "refreshed"} : RefreshReport{false, "joined"};
        }
        // Disconnected while the platform was answering: the pair must not outlive the account.
        tokens.finishAttempt(claim, "superseded", std::string("disconnected"));
        revocations_.enqueue(tx, claim.scope, account, claim.platform, claim.client_id,
                             claim.grant_key, fresh, tx.now());
        return {false, "reconnect_required"};
    });
}

RefreshReport TokenRefresher::onFailure(const RefreshClaim& claim, const sdk::Traits& traits,
                                        const sdk::PlatformError& error) {
    const auto& account = claim.stored.tokens.account_id;
    log_.warning("refresh.failed", {{"account", account.str()},
                                    {"platform", claim.platform},
                                    {"code", error.code},
                                    {"message", error.message},
                                    {"failures", claim.stored.state.failures + 1}});
    if (error.kind == sdk::ErrorKind::InvalidGrant || saysSuspended(error))
        return onDeadGrant(claim, error);

    const bool in_doubt = error.kind == sdk::ErrorKind::Ambiguous;
    return database_.write([&](persistence::Transaction& tx) -> RefreshReport {
        const TimePoint now = tx.now();
        const auto& stored = claim.stored;
        const auto failures = stored.state.failures + 1;
        persistence::TokenRepository tokens(tx);
        persistence::TokenRepository::Release release;
        release.rejects = stored.state.rejects;
        release.error_code = error.code;
        release.in_doubt = in_doubt || stored.state.in_doubt_since.has_value();
        if (error.kind == sdk::ErrorKind::TooEarly) {
            release.failures = stored.state.failures;
            release.next_refresh_at = now + error.retry_after.value_or(std::chrono::hours(1));
            tokens.release(claim, release);
            tokens.finishAttempt(claim, "too_early", error.code);
            return {false, "too_early"};
        }
        release.failures = failures;
        release.next_refresh_at =
            in_doubt ? schedule_.afterDoubt(now, failures, traits.rotation, stored.tokens)
                     : schedule_.afterFailure(now, failures, error.retry_after,
                                              stored.tokens.access_expires_at);
        tokens.release(claim, release);
        tokens.finishAttempt(claim, in_doubt ? "in_doubt" : "transient", error.code);
        const bool ours = error.kind == sdk::ErrorKind::Misconfigured;
        return {false, ours ? "app_misconfigured" : "platform_unavailable"};
    });
}

RefreshReport TokenRefresher::onDeadGrant(const RefreshClaim& claim,
                                          const sdk::PlatformError& error) {
    const auto& account = claim.stored.tokens.account_id;
    return database_.write([&](persistence::Transaction& tx) -> RefreshReport {
        const TimePoint now = tx.now();
        persistence::TokenRepository tokens(tx);
        tokens.finishAttempt(claim, "rejected", error.code);
        persistence::TokenRepository::Release release;
        release.rejects = claim.stored.state.rejects + 1;
        release.failures = claim.stored.state.failures;
        release.in_doubt = claim.stored.state.in_doubt_since.has_value();
        release.error_code = error.code;
        if (release.rejects < policy_.rejects_to_expire) {
            // One refusal may be noise at the platform: a second opinion first.
            release.next_refresh_at = now + policy_.confirm_after;
            tokens.release(claim, release);
            return {false, "confirming"};
        }
        // The epoch in `release` is the re-read: a newer consent or another worker wins.
        if (!tokens.release(claim, release)) return {false, "joined"};
        const auto reason =
            saysSuspended(error) ? StatusReason::AccountSuspended : reasonOf(error, claim, now);
        const auto status =
            saysSuspended(error) ? AccountStatus::Suspended : AccountStatus::TokenExpired;
        if (persistence::AccountRepository(tx).setStatus(claim.scope, account, status, reason)) {
            const std::string type = "account." + std::string(word(status));
            recordEvent(tx, claim.scope, account, type, Actor::system(),
                        dumpJson({{"reason", word(reason)}, {"code", error.code}}), random_);
            log_.warning(type, {{"account", account.str()},
                                {"platform", claim.platform},
                                {"reason", word(reason)},
                                {"code", error.code}});
        }
        return {false, "reconnect_required"};
    });
}

RefreshReport TokenRefresher::onEnded(const RefreshClaim& claim) {
    const auto& account = claim.stored.tokens.account_id;
    return database_.write([&](persistence::Transaction& tx) -> RefreshReport {
        persistence::TokenRepository tokens(tx);
        const auto& end = claim.stored.tokens.access_expires_at;
        if (!end || *end > tx.now()) {  // looked at too soon: come back when it ends
            tokens.release(claim, {.next_refresh_at = end});
            tokens.finishAttempt(claim, "not_refreshable", std::nullopt);
            return {false, "not_refreshable"};
        }
        if (!tokens.release(claim, {.next_refresh_at = std::nullopt})) return {false, "joined"};
        tokens.finishAttempt(claim, "ended", std::nullopt);
        if (persistence::AccountRepository(tx).setStatus(
                claim.scope, account, AccountStatus::TokenExpired, StatusReason::NoRefreshToken))
            recordEvent(tx, claim.scope, account, "account.token_expired", Actor::system(),
                        dumpJson({{"reason", word(StatusReason::NoRefreshToken)}}), random_);
        log_.info("account.token_expired", {{"account", account.str()},
                                            {"platform", claim.platform},
                                            {"reason", word(StatusReason::NoRefreshToken)}});
        return {false, "reconnect_required"};
    });
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
