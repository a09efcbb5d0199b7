#include "accounts/platform_breaker.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace postato::accounts {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kRecent = 10;

constexpr std::array<std::pair<Incident, std::string_view>, 3> kWords{{
    {Incident::AppRefused, "app_refused"},
    {Incident::ManyRejected, "many_rejected"},
    {Incident::PlatformUnavailable, "platform_unavailable"},
}};

bool passes(sdk::ErrorKind kind) {
    using sdk::ErrorKind;
    return kind == ErrorKind::Transient || kind == ErrorKind::RateLimited ||
           kind == ErrorKind::Ambiguous || kind == ErrorKind::Protocol;
}

bool rejects(sdk::ErrorKind kind) {
    return kind == sdk::ErrorKind::InvalidGrant || kind == sdk::ErrorKind::AccountSuspended;
}

}  // namespace

std::string_view word(Incident incident) {
    for (const auto& [known, text] : kWords)
        if (known == incident) return text;
    return "";
}

std::optional<Incident> incidentOf(std::string_view word) {
    for (const auto& [incident, text] : kWords)
        if (text == word) return incident;
    return std::nullopt;
}

std::size_t PlatformBreaker::admitted(std::size_t wanted, TimePoint now) const {
    if (!incident_) return wanted;
    return now >= next_probe_ ? std::min<std::size_t>(wanted, 1) : 0;
}

void PlatformBreaker::began(TimePoint now) {
    // The outcome of the probe sets the next one; if it never comes, so does this.
    if (incident_) next_probe_ = now + policy_.probe_lost;
}

PlatformBreaker::Change PlatformBreaker::succeeded(TimePoint now) {
    last_success_ = now;
    refusals_ = 0;
    if (!incident_) {
        remember(Outcome::Success, {});
        return Change::None;
    }
    incident_.reset();
    closed_ = now;
    seen_.clear();
    return Change::Closed;
}

PlatformBreaker::Change PlatformBreaker::failed(const std::string& account, sdk::ErrorKind kind,
                                                TimePoint now) {
    refusals_ = kind == sdk::ErrorKind::Misconfigured ? refusals_ + 1 : 0;
    if (passes(kind)) remember(Outcome::Passing, account);
    if (rejects(kind)) remember(Outcome::Rejected, account);
    const auto tripped = trippedBy(kind);
    if (incident_) {
        scheduleProbe(now);
        // A platform often comes back refusing everybody, or our app.
        const bool answers = tripped && tripped != Incident::PlatformUnavailable;
        if (!answers || incident_ == tripped) return Change::None;
        incident_ = tripped;
        opened_ = now;
        return Change::Turned;
    }
    incident_ = tripped;
    if (!incident_) return Change::None;
    opened_ = now;
    probe_wait_ = milliseconds{0};
    scheduleProbe(now);
    return Change::Opened;
}

bool PlatformBreaker::believesRejections(TimePoint now) const {
    if (incident_) return now >= opened_ + policy_.disbelief;
    return !closed_ || now >= *closed_ + policy_.aftermath;
}

void PlatformBreaker::remember(Outcome outcome, const std::string& account) {
    seen_.push_back({outcome, account});
    if (seen_.size() > policy_.window) seen_.pop_front();
}

std::optional<Incident> PlatformBreaker::trippedBy(sdk::ErrorKind kind) const {
    if (refusals_ >= policy_.refusals) return Incident::AppRefused;
    if (rejects(kind) && rejectedAccounts() >= policy_.rejected &&
        rejectedAccounts() * 2 >= seen_.size())
        return Incident::ManyRejected;
    const auto recent = std::min(seen_.size(), kRecent);
    const auto passing =
        std::count_if(seen_.end() - static_cast<std::ptrdiff_t>(recent), seen_.end(),
                      [](const Seen& seen) { return seen.outcome == Outcome::Passing; });
    if (passes(kind) && static_cast<std::size_t>(passing) >= policy_.failures)
        return Incident::PlatformUnavailable;
    return std::nullopt;
}

std::size_t PlatformBreaker::rejectedAccounts() const {
    std::set<std::string> accounts;
    for (const auto& seen : seen_)
        if (seen.outcome == Outcome::Rejected) accounts.insert(seen.account);
    return accounts.size();
}

void PlatformBreaker::scheduleProbe(TimePoint now) {
    probe_wait_ = std::clamp(probe_wait_ * 2, policy_.probe_first, policy_.probe_longest);
    const auto half = probe_wait_ / 2;
    next_probe_ =
        now + half + milliseconds(random_.below(static_cast<std::uint64_t>(half.count()) + 1));
}

}  // namespace postato::accounts
