#include "accounts/refresh_schedule.hpp"

#include <algorithm>

namespace postato::accounts {
namespace {

using std::chrono::milliseconds;

/// How many times the base may double before the cap is certain to hold.
constexpr std::int64_t kMaxDoublings = 20;

/// Retries come at least this far apart, however little life a token has left.
constexpr milliseconds kShortestWait{500};

}  // namespace

milliseconds RefreshSchedule::jitter(milliseconds below) const {
    if (below.count() <= 0) return milliseconds{0};
    return milliseconds(random_.below(static_cast<std::uint64_t>(below.count())));
}

std::optional<TimePoint> RefreshSchedule::afterIssue(const persistence::SealedTokens& tokens,
                                                     const sdk::Traits& traits) const {
    if (!tokens.access_expires_at) return std::nullopt;
    if (!tokens.refreshable()) return tokens.access_expires_at;
    const milliseconds lifetime = *tokens.access_expires_at - tokens.issued_at;
    const milliseconds lead = std::min<milliseconds>(traits.refresh_lead, lifetime / 5);
    TimePoint at = *tokens.access_expires_at - lead - jitter(lifetime / 10);
    if (tokens.earliest_refresh_at) at = std::max(at, *tokens.earliest_refresh_at);
    return at;
}

TimePoint RefreshSchedule::afterFailure(TimePoint now, std::int64_t failures,
                                        const std::optional<std::chrono::seconds>& retry_after,
                                        const std::optional<TimePoint>& access_expires_at) const {
    const auto doublings = std::clamp<std::int64_t>(failures - 1, 0, kMaxDoublings);
    milliseconds ceiling =
        std::min(policy_.backoff_cap, policy_.backoff_base * (std::int64_t{1} << doublings));
    // Several tries must fit into what is left of a living token.
    if (access_expires_at && *access_expires_at > now)
        ceiling = std::min<milliseconds>(ceiling, (*access_expires_at - now) / 4);
    milliseconds wait = std::max(kShortestWait, jitter(ceiling));
    if (retry_after) wait = std::max<milliseconds>(wait, *retry_after);
    return now + wait;
}

TimePoint RefreshSchedule::afterDoubt(TimePoint now, std::int64_t failures, sdk::Rotation rotation,
                                      const persistence::SealedTokens& tokens) const {
    if (rotation != sdk::Rotation::Strict)
        return afterFailure(now, failures, std::nullopt, tokens.access_expires_at);
    TimePoint at = now + policy_.doubt_quarantine;
    if (tokens.access_expires_at) {
        // The last moment that still leaves time for one try while the access token lives.
        const milliseconds lifetime = *tokens.access_expires_at - tokens.issued_at;
        const milliseconds reserve = std::min<milliseconds>(std::chrono::minutes(2), lifetime / 10);
        at = std::min(at, *tokens.access_expires_at - reserve);
    }
    return std::max(at, now + kShortestWait);
}

std::optional<TimePoint> reconnectBy(const persistence::SealedTokens& tokens) {
    return tokens.refreshable() ? tokens.refresh_expires_at : tokens.access_expires_at;
}

}  // namespace postato::accounts
