#pragma once

/// \file
/// Time. Everything stored or compared is UTC in milliseconds since 1970.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace postato {

using Milliseconds = std::chrono::milliseconds;
using TimePoint = std::chrono::sys_time<Milliseconds>;

/// Thread-safe. Tests hand in a FakeClock; nothing else asks the system for the time of day.
class Clock {
public:
    virtual ~Clock() = default;
    virtual TimePoint now() const = 0;
    /// Runs evenly, from a beginning of its own: good for differences only.
    virtual std::chrono::steady_clock::duration steady() const = 0;
};

class SystemClock final : public Clock {
public:
    TimePoint now() const override {
        return std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now());
    }
    std::chrono::steady_clock::duration steady() const override {
        return std::chrono::steady_clock::now().time_since_epoch();
    }
};

/// Goes on, by the steady time of `machine`, from a time that somebody else told: the database's
/// time where the database is not asked again.
class RunningClock final : public Clock {
public:
    RunningClock(TimePoint told, const Clock& machine) : told_(told), machine_(&machine) {}
    TimePoint told() const noexcept { return told_; }
    TimePoint now() const override {
        return told_ + std::chrono::duration_cast<Milliseconds>(steady() - heard_);
    }
    std::chrono::steady_clock::duration steady() const override { return machine_->steady(); }

private:
    TimePoint told_;
    const Clock* machine_;
    std::chrono::steady_clock::duration heard_ = steady();
};

/// Stands still until told to move.
class FakeClock final : public Clock {
public:
    explicit FakeClock(std::int64_t start_ms = 1'790'000'000'000) : now_ms_(start_ms) {}
    TimePoint now() const override { return TimePoint(Milliseconds(now_ms_.load())); }
    std::chrono::steady_clock::duration steady() const override {
        return Milliseconds(now_ms_.load());
    }
    void advance(Milliseconds by) { now_ms_ += by.count(); }

private:
    std::atomic<std::int64_t> now_ms_;
};

inline std::int64_t toMillis(TimePoint at) { return at.time_since_epoch().count(); }
inline TimePoint fromMillis(std::int64_t ms) { return TimePoint(Milliseconds(ms)); }

/// "2026-03-02T09:00:00.000Z".
std::string toIso8601(TimePoint at);

}  // namespace postato
