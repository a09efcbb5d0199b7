#include "accounts/refresh_failures.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "accounts/platform_breakers.hpp"
#include "audit/audit_trail.hpp"
#include "persistence/account_repository.hpp"
#include "util/json.hpp"

namespace postato::accounts {
namespace {

using persistence::AccountStatus;
using persistence::RefreshClaim;
using persistence::StatusReason;

/// A failure that cannot be stored becomes doubt, which is no loss.
constexpr std::chrono::milliseconds kStoreFailure{10'000};

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

bool makesNoSense(const sdk::PlatformError& error) {
    return error.kind == sdk::ErrorKind::Ambiguous || error.kind == sdk::ErrorKind::Protocol;
}

bool mayBeSpent(const RefreshClaim& claim, const sdk::Traits& traits) {
    return claim.stored.state.in_doubt_since && traits.rotation != sdk::Rotation::None;
}

RefreshFailures::RefreshFailures(persistence::Database& database, PlatformBreakers& breakers,
                                 const RefreshSchedule& schedule, Random& random, const Logger& log,
                                 RefreshPolicy policy)
    : database_(database),
      breakers_(breakers),
      schedule_(schedule),
      random_(random),
      log_(log),
      policy_(policy) {}

RefreshReport RefreshFailures::failed(const RefreshClaim& claim, const sdk::Traits& traits,
                                      const sdk::PlatformError& error,
                                      const StorePatience& patience) {
    log_.warning("refresh.failed", {{"account", claim.stored.tokens.account_id.str()},
                                    {"platform", claim.platform},
                                    {"code", error.code},
                                    {"message", error.message},
                                    {"failures", claim.stored.state.failures + 1}});
    const bool dead = error.kind == sdk::ErrorKind::InvalidGrant || saysSuspended(error);
    return storePatiently(
        database_, log_, claim, {patience.stop, std::min(patience.longest, kStoreFailure)},
        [&] { return dead ? onDeadGrant(claim, traits, error) : onFailure(claim, traits, error); });
}

RefreshReport RefreshFailures::doubted(const RefreshClaim& claim, const sdk::Traits& traits) {
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

bool RefreshFailures::doubt(persistence::Transaction& tx, const RefreshClaim& found,
                            sdk::Rotation rotation) {
    const auto& tokens = found.stored.tokens;
    return persistence::TokenRepository(tx).doubt(
        found.scope, tokens.account_id, tokens.generation,
        schedule_.afterDoubt(tx.now(), 1, rotation, tokens));
}

RefreshReport RefreshFailures::postponed(const RefreshClaim& claim, const std::string& code) {
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

RefreshReport RefreshFailures::onFailure(const RefreshClaim& claim, const sdk::Traits& traits,
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
        const bool ours = error.kind == sdk::ErrorKind::Misconfigured;
        tokens.finishAttempt(claim, in_doubt ? "in_doubt" : (ours ? "misconfigured" : "transient"),
                             error.code);
        return {false, ours ? "app_misconfigured" : "platform_unavailable"};
    });
}

RefreshReport RefreshFailures::onDeadGrant(const RefreshClaim& claim, const sdk::Traits& traits,
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

RefreshReport RefreshFailures::ended(const RefreshClaim& claim) {
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
