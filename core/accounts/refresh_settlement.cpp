#include "accounts/refresh_settlement.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>

#include "accounts/account_writer.hpp"
#include "accounts/platform_breakers.hpp"
#include "accounts/revocation_queue.hpp"
#include "audit/audit_trail.hpp"
#include "persistence/account_repository.hpp"
#include "util/json.hpp"
#include "util/kill_point.hpp"

namespace postato::accounts {
namespace {

using persistence::AccountStatus;
using persistence::RefreshClaim;
using persistence::StatusReason;
using std::chrono::milliseconds;

constexpr milliseconds kFirstStoreRetry{200};
constexpr milliseconds kLongestStoreRetry{5'000};
/// A failure that cannot be stored becomes doubt, which is no loss.
constexpr milliseconds kStoreFailure{10'000};
/// A database that is there and takes nothing, as with a broken audit chain, is not waited for.
constexpr int kMostRefusals = 6;

StatusReason reasonOf(const sdk::PlatformError& error, const RefreshClaim& claim,
                      const sdk::Traits& traits, TimePoint now) {
    const auto& stored = claim.stored;
    if (mayBeSpent(claim, traits)) return StatusReason::RotationLost;
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

sdk::Credentials renewedFrom(const sdk::Credentials& old, sdk::Credentials fresh) {
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

bool makesNoSense(const sdk::PlatformError& error) {
    return error.kind == sdk::ErrorKind::Ambiguous || error.kind == sdk::ErrorKind::Protocol;
}

bool mayBeSpent(const RefreshClaim& claim, const sdk::Traits& traits) {
    return claim.stored.state.in_doubt_since && traits.rotation != sdk::Rotation::None;
}

RefreshSettlement::RefreshSettlement(persistence::Database& database, const TokenVault& vault,
                                     RevocationQueue& revocations, PlatformBreakers& breakers,
                                     const RefreshSchedule& schedule, Random& random,
                                     const Logger& log, RefreshPolicy policy)
    : database_(database),
      vault_(vault),
      revocations_(revocations),
      breakers_(breakers),
      schedule_(schedule),
      random_(random),
      log_(log),
      policy_(policy) {}

RefreshReport RefreshSettlement::renewed(const RefreshClaim& claim, const sdk::Traits& traits,
                                         const sdk::Credentials& fresh, TimePoint received_at,
                                         const StorePatience& patience) {
    // The old pair may be spent already: this one must be stored however long the database is away.
    return patiently(claim, patience,
                     [&] { return renewedOnce(claim, traits, fresh, received_at); });
}

RefreshReport RefreshSettlement::patiently(const RefreshClaim& claim, const StorePatience& patience,
                                           const std::function<RefreshReport()>& store) {
    milliseconds wait = kFirstStoreRetry;
    milliseconds waited{0};
    int refusals = 0;
    for (;;) {
        try {
            return store();
        } catch (const Error& error) {
            log_.error("refresh.store_failed", {{"account", claim.stored.tokens.account_id.str()},
                                                {"platform", claim.platform},
                                                {"detail", error.detail()}});
            if (error.code() != ErrorCode::Unavailable) throw;
            if (database_.reachable() && ++refusals >= kMostRefusals) throw;
        }
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any stopped;
        stopped.wait_for(lock, patience.stop, wait, [] { return false; });
        waited += wait;
        if (patience.stop.stop_requested() || waited >= patience.longest)
            throw Error(ErrorCode::Unavailable,
                        PublicMessage{"What the platform answered could not be stored yet"});
        wait = std::min(wait * 2, kLongestStoreRetry);
    }
}

RefreshReport RefreshSettlement::renewedOnce(const RefreshClaim& claim, const sdk::Traits& traits,
                                             const sdk::Credentials& fresh, TimePoint received_at) {
    const bool stored = database_.write(
        [&](persistence::Transaction& tx) { return store(tx, claim, traits, fresh, received_at); });
    if (!stored) return onLostWrite(claim, traits, fresh);
    log_.info("refresh.done", {{"account", claim.stored.tokens.account_id.str()},
                               {"platform", claim.platform},
                               {"recovered", claim.stored.state.in_doubt_since.has_value()}});
    return {true, "refreshed"};
}

bool RefreshSettlement::store(persistence::Transaction& tx, const RefreshClaim& claim,
                              const sdk::Traits& traits, const sdk::Credentials& fresh,
                              TimePoint received_at) {
    const auto& account = claim.stored.tokens.account_id;
    auto sealed = vault_.seal(claim.scope, account, claim.stored.tokens.generation + 1, fresh,
                              traits, received_at);
    sealed.next_refresh_at = schedule_.afterIssue(sealed, traits);
    persistence::TokenRepository tokens(tx);
    if (!tokens.storeRefreshed(claim.scope, sealed, claim.attempt_id)) return false;
    persistence::AccountRepository accounts(tx);
    if (const auto before = accounts.find(claim.scope, account)) {
        bringBack(tx, claim, *before);
        tellLostScopes(tx, claim, *before, fresh.scopes);
    }
    accounts.setGrant(claim.scope, account, fresh.scopes, reconnectBy(sealed));
    tokens.finishAttempt(claim, claim.stored.state.in_doubt_since ? "recovered" : "ok",
                         std::nullopt);
    POSTATO_ARM_COMMIT();
    return true;
}

/// Another attempt may have met a spent token and given the account up while this pair was on its
/// way here.
void RefreshSettlement::bringBack(persistence::Transaction& tx, const RefreshClaim& claim,
                                  const persistence::Account& account) {
    if (account.status != AccountStatus::TokenExpired) return;
    persistence::AccountRepository(tx).setStatus(claim.scope, account.id, AccountStatus::Connected,
                                                 std::nullopt);
    audit::record(tx, claim.scope.id(),
                  {.type = "account.recovered",
                   .actor = audit::Actor::system(),
                   .data = "{}",
                   .account = account.id},
                  random_);
    log_.warning("account.recovered",
                 {{"account", account.id.str()}, {"platform", claim.platform}});
}

/// The person or the platform took something back: worth telling, and no reason to give up the
/// rest.
void RefreshSettlement::tellLostScopes(persistence::Transaction& tx, const RefreshClaim& claim,
                                       const persistence::Account& account,
                                       const std::vector<std::string>& granted) {
    if (granted.empty()) return;  // the answer did not say
    auto lost = account.scopes_granted;
    std::erase_if(lost, [&](const std::string& scope) {
        return std::find(granted.begin(), granted.end(), scope) != granted.end();
    });
    if (lost.empty()) return;
    audit::record(tx, claim.scope.id(),
                  {.type = "account.scopes_lost",
                   .actor = audit::Actor::system(),
                   .data = dumpJson({{"scopes", lost}}),
                   .account = account.id},
                  random_);
    log_.warning("account.scopes_lost", {{"account", account.id.str()},
                                         {"platform", claim.platform},
                                         {"count", static_cast<std::int64_t>(lost.size())}});
}

RefreshReport RefreshSettlement::onLostWrite(const RefreshClaim& claim, const sdk::Traits& traits,
                                             const sdk::Credentials& fresh) {
    const auto& account = claim.stored.tokens.account_id;
    return database_.write([&](persistence::Transaction& tx) -> RefreshReport {
        persistence::TokenRepository tokens(tx);
        if (const auto row = tokens.find(claim.scope, account)) {
            // A COMMIT whose answer was lost did land after all, or a newer pair stands.
            if (row->written_by == claim.attempt_id ||
                tokens.attemptSettled(claim.scope, claim.attempt_id))
                return {true, "refreshed"};
            tokens.finishAttempt(claim, "superseded", std::nullopt);
            // A newer consent is another grant. Nobody will use this pair; where that ends no
            // other, it is ended. Without rotation its refresh token may be the standing one.
            if (traits.revocation_reach == sdk::RevocationReach::Token &&
                traits.rotation == sdk::Rotation::Strict)
                revocations_.enqueue(tx, claim.scope, account, claim.platform, claim.client_id,
                                     claim.grant_key, fresh, tx.now());
            return {false, "joined"};
        }
        // Disconnected while the platform was answering: the pair must not outlive the account.
        tokens.finishAttempt(claim, "superseded", std::string("disconnected"));
        revocations_.enqueue(tx, claim.scope, account, claim.platform, claim.client_id,
                             claim.grant_key, fresh, tx.now());
        return {false, "reconnect_required"};
    });
}

RefreshReport RefreshSettlement::doubted(const RefreshClaim& claim, const sdk::Traits& traits) {
    const auto& account = claim.stored.tokens.account_id;
    log_.warning("refresh.in_doubt", {{"account", account.str()}, {"platform", claim.platform}});
    return database_.write([&](persistence::Transaction& tx) -> RefreshReport {
        const auto& stored = claim.stored;
        const auto failures = stored.state.failures + 1;
        persistence::TokenRepository tokens(tx);
        tokens.release(claim, {.next_refresh_at = schedule_.afterDoubt(
                                   tx.now(), failures, traits.rotation, stored.tokens),
                               .rejects = stored.state.rejects,
                               .failures = failures,
                               .in_doubt = true,
                               .error_code = "lease_abandoned"});
        tokens.finishAttempt(claim, "in_doubt", std::string("lease_abandoned"));
        return {false, "in_doubt"};
    });
}

bool RefreshSettlement::doubt(persistence::Transaction& tx, const RefreshClaim& found,
                              sdk::Rotation rotation) {
    const auto& tokens = found.stored.tokens;
    return persistence::TokenRepository(tx).doubt(
        found.scope, tokens.account_id, tokens.generation,
        schedule_.afterDoubt(tx.now(), 1, rotation, tokens));
}

RefreshReport RefreshSettlement::failed(const RefreshClaim& claim, const sdk::Traits& traits,
                                        const sdk::PlatformError& error,
                                        const StorePatience& patience) {
    log_.warning("refresh.failed", {{"account", claim.stored.tokens.account_id.str()},
                                    {"platform", claim.platform},
                                    {"code", error.code},
                                    {"message", error.message},
                                    {"failures", claim.stored.state.failures + 1}});
    const bool dead = error.kind == sdk::ErrorKind::InvalidGrant || saysSuspended(error);
    return patiently(claim, {patience.stop, std::min(patience.longest, kStoreFailure)}, [&] {
        return dead ? onDeadGrant(claim, traits, error) : onFailure(claim, traits, error);
    });
}

RefreshReport RefreshSettlement::postponed(const RefreshClaim& claim, const std::string& code) {
    log_.info("refresh.postponed", {{"account", claim.stored.tokens.account_id.str()},
                                    {"platform", claim.platform},
                                    {"code", code}});
    return database_.write([&](persistence::Transaction& tx) -> RefreshReport {
        const auto& state = claim.stored.state;
        persistence::TokenRepository tokens(tx);
        tokens.release(claim, {.next_refresh_at =
                                   schedule_.afterFailure(tx.now(), 1, std::nullopt, std::nullopt),
                               .rejects = state.rejects,
                               .failures = state.failures,
                               .in_doubt = state.in_doubt_since.has_value(),
                               .error_code = code});
        tokens.finishAttempt(claim, "postponed", code);
        return {false, "settling"};
    });
}

RefreshReport RefreshSettlement::onFailure(const RefreshClaim& claim, const sdk::Traits& traits,
                                           const sdk::PlatformError& error) {
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

RefreshReport RefreshSettlement::onDeadGrant(const RefreshClaim& claim, const sdk::Traits& traits,
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
        // After a lost answer a refusal is what was to be expected, whatever others get.
        if (!mayBeSpent(claim, traits) && !breakers_.believesRejections(tx, claim.platform)) {
            release.rejects = claim.stored.state.rejects;
            release.failures = claim.stored.state.failures + 1;
            release.next_refresh_at =
                schedule_.afterFailure(now, release.failures, std::nullopt, std::nullopt);
            tokens.release(claim, release);
            return {false, "confirming"};
        }
        // The epoch in `release` is the re-read: a newer consent or another worker wins.
        if (!tokens.release(claim, release)) return {false, "joined"};
        const auto reason = saysSuspended(error) ? StatusReason::AccountSuspended
                                                 : reasonOf(error, claim, traits, now);
        const auto status =
            saysSuspended(error) ? AccountStatus::Suspended : AccountStatus::TokenExpired;
        if (persistence::AccountRepository(tx).setStatus(claim.scope, account, status, reason)) {
            const std::string type = "account." + std::string(word(status));
            audit::record(tx, claim.scope.id(),
                          {.type = type,
                           .actor = audit::Actor::system(),
                           .data = dumpJson({{"reason", word(reason)}, {"code", error.code}}),
                           .account = account},
                          random_);
            log_.warning(type, {{"account", account.str()},
                                {"platform", claim.platform},
                                {"reason", word(reason)},
                                {"code", error.code}});
        }
        return {false, "reconnect_required"};
    });
}

RefreshReport RefreshSettlement::ended(const RefreshClaim& claim) {
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
            audit::record(tx, claim.scope.id(),
                          {.type = "account.token_expired",
                           .actor = audit::Actor::system(),
                           .data = dumpJson({{"reason", word(StatusReason::NoRefreshToken)}}),
                           .account = account},
                          random_);
        log_.info("account.token_expired", {{"account", account.str()},
                                            {"platform", claim.platform},
                                            {"reason", word(StatusReason::NoRefreshToken)}});
        return {false, "reconnect_required"};
    });
}

}  // namespace postato::accounts
