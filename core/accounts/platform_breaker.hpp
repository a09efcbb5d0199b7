#pragma once

/// \file
/// When not to go on asking a platform: it is away, it refuses our app, or it refuses so many
/// people at once that it must be mistaken.

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "postato/sdk/platform.hpp"
#include "util/clock.hpp"
#include "util/random.hpp"

namespace postato::accounts {

/// What is wrong with a platform as a whole.
enum class Incident {
    AppRefused = 1,      ///< our client id, secret or registration: the operator must act
    ManyRejected,        ///< the grants of many people at once
    PlatformUnavailable  ///< time-outs, 5xx, limits
};

/// `app_refused`, `many_rejected`, `platform_unavailable`.
std::string_view word(Incident incident);
std::optional<Incident> incidentOf(std::string_view word);

struct BreakerPolicy {
    int refusals = 2;          ///< of our app in a row
    std::size_t window = 20;   ///< outcomes remembered
    std::size_t failures = 5;  ///< passing failures among the last ten
    std::size_t rejected = 5;  ///< different accounts, and at least half of the window
    std::chrono::milliseconds probe_first{5'000};
    std::chrono::milliseconds probe_longest{60'000};
    std::chrono::milliseconds probe_lost{180'000};  ///< a probe nobody has heard of since
    std::chrono::milliseconds disbelief{std::chrono::hours(24)};
    std::chrono::milliseconds aftermath{std::chrono::minutes(5)};  ///< of an incident that ended
};

/// One platform's breaker. Closed, everything goes; open, nothing but one probe from time to time,
/// and a success closes it. Not thread-safe.
class PlatformBreaker {
public:
    PlatformBreaker(const BreakerPolicy& policy, Random& random)
        : policy_(policy), random_(random) {}

    /// How many calls may begin now, of those wanted.
    std::size_t admitted(std::size_t wanted, TimePoint now) const;
    /// Some of them did begin.
    void began(TimePoint now);

    /// What a refresh of `account` came to. The change, if it is one.
    enum class Change { None = 0, Opened, Closed, Turned /**< into another incident */ };
    Change succeeded(TimePoint now);
    Change failed(const std::string& account, sdk::ErrorKind kind, TimePoint now);

    std::optional<Incident> incident() const noexcept { return incident_; }
    std::optional<TimePoint> lastSuccess() const noexcept { return last_success_; }
    /// Whether a dead grant may end an account: not while the platform is in trouble, whatever the
    /// trouble, which is then the likelier cause; until that has gone on for a day. Nor just after
    /// it: one success is no proof that everybody is served again.
    bool believesRejections(TimePoint now) const;

private:
    enum class Outcome { Success = 1, Passing, Rejected };
    struct Seen {
        Outcome outcome;
        std::string account;
    };

    void remember(Outcome outcome, const std::string& account);
    std::optional<Incident> trippedBy(sdk::ErrorKind kind) const;
    std::size_t rejectedAccounts() const;
    void scheduleProbe(TimePoint now);

    const BreakerPolicy& policy_;
    Random& random_;
    std::deque<Seen> seen_;
    int refusals_ = 0;
    std::optional<Incident> incident_;
    std::optional<TimePoint> last_success_;
    TimePoint opened_{};
    std::optional<TimePoint> closed_;
    TimePoint next_probe_{};
    std::chrono::milliseconds probe_wait_{0};
};

}  // namespace postato::accounts
