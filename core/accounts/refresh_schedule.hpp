#pragma once

/// \file
/// When a token is refreshed next. Pure arithmetic over stored times; jitter from Random.

#include <chrono>
#include <optional>

#include "persistence/token_repository.hpp"
#include "postato/sdk/platform.hpp"
#include "util/clock.hpp"
#include "util/random.hpp"

namespace postato::accounts {

struct RefreshPolicy {
    std::chrono::milliseconds confirm_after{60'000};  ///< between a refusal and the second opinion
    std::chrono::milliseconds lease{120'000};  ///< longer than PlatformGateway::refresh_deadline
    std::chrono::milliseconds manual_interval{60'000};
    std::chrono::milliseconds backoff_base{5'000};
    std::chrono::milliseconds backoff_cap{std::chrono::minutes(30)};
    std::chrono::milliseconds doubt_quarantine{std::chrono::minutes(10)};
    std::chrono::milliseconds calm{
        60'000};  ///< the database well for so long before doubt is tried
    std::int64_t rejects_to_expire = 2;
};

/// Thread-safe if its Random is.
class RefreshSchedule {
public:
    RefreshSchedule(Random& random, RefreshPolicy policy) : random_(random), policy_(policy) {}

    /// Expiry - lead - jitter, where lead is the platform's or 20 % of the lifetime, whichever is
    /// less, and jitter is up to 10 % of the lifetime; never before `earliest_refresh_at`. A token
    /// that cannot be refreshed is looked at when it ends; one without an end, never.
    std::optional<TimePoint> afterIssue(const persistence::SealedTokens& tokens,
                                        const sdk::Traits& traits) const;

    /// Exponential with full jitter, shorter while little of the token's life is left, never before
    /// the platform's own `retry_after`.
    TimePoint afterFailure(TimePoint now, std::int64_t failures,
                           const std::optional<std::chrono::seconds>& retry_after,
                           const std::optional<TimePoint>& access_expires_at) const;

    /// After a lost answer: with strict rotation late, since the old token may be spent, but before
    /// the access token ends; otherwise the normal backoff.
    TimePoint afterDoubt(TimePoint now, std::int64_t failures, sdk::Rotation rotation,
                         const persistence::SealedTokens& tokens) const;

private:
    std::chrono::milliseconds jitter(std::chrono::milliseconds below) const;

    Random& random_;
    RefreshPolicy policy_;
};

/// When the grant itself ends, if that is known: the person must consent again by then.
std::optional<TimePoint> reconnectBy(const persistence::SealedTokens& tokens);

}  // namespace postato::accounts
