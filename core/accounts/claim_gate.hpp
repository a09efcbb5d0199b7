#pragma once

/// \file
/// Whether refresh tokens may be spent, by what is known of the database.

#include <atomic>
#include <chrono>

#include "util/clock.hpp"

namespace postato::accounts {

/// A database that was away may have come back without its last commits, and another machine may
/// hold the answers that it lacks. So nothing is claimed before this machine's journal is settled,
/// and what may have been spent elsewhere not before the others had time to do the same.
/// Thread-safe.
class ClaimGate {
public:
    /// Closed. `calm`: how long the others may take. `clock`: its steady time alone is used.
    ClaimGate(const Clock& clock, std::chrono::milliseconds calm) : clock_(clock), calm_(calm) {}

    /// The database is away.
    void close() noexcept { opened_at_ = kClosed; }
    /// The database is there, and the journal is settled.
    void open() noexcept {
        if (isOpen()) return;
        looked_again_ = false;
        opened_at_ = clock_.steady();
        has_opened_ = true;
    }
    bool isOpen() const noexcept { return opened_at_.load() != kClosed; }
    /// Whether it ever was open: the journal of before the start is settled.
    bool hasOpened() const noexcept { return has_opened_; }
    bool isCalm() const { return isOpen() && sinceOpened() >= calm_; }

    /// The longest life of an access token that is not worth waiting for calm: one that would be
    /// over before. Grows from the moment it opens.
    std::chrono::milliseconds longestNow() const {
        if (!isOpen()) return std::chrono::milliseconds(0);
        return isCalm() ? std::chrono::milliseconds::max() : sinceOpened() * 10;
    }

    /// True once after each opening, when it has become calm: the journal may now know better what
    /// the others have brought back.
    bool takeSecondLook() { return isCalm() && !looked_again_.exchange(true); }

private:
    using Duration = std::chrono::steady_clock::duration;
    static constexpr Duration kClosed = Duration::min();
    std::chrono::milliseconds sinceOpened() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady() -
                                                                     opened_at_.load());
    }

    const Clock& clock_;
    const std::chrono::milliseconds calm_;
    std::atomic<Duration> opened_at_{kClosed};
    std::atomic<bool> looked_again_{false};
    std::atomic<bool> has_opened_{false};
};

}  // namespace postato::accounts
