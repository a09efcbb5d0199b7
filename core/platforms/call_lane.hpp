#pragma once

/// \file
/// How many calls one plugin may keep busy at a time, and what happens when it never comes back.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <optional>

namespace postato::platforms {

struct LaneOptions {
    std::size_t slots = 8;
    std::chrono::milliseconds wait{5'000};          ///< for a slot, before a call is turned away
    std::chrono::milliseconds hang_limit{120'000};  ///< longer than any deadline of a call
};

/// A lane with a fixed number of slots. A thread inside a plugin cannot be stopped; it can only be
/// kept from being followed by all the others. When every slot has been held longer than the hang
/// limit the lane is suspended: nobody waits for it any more, until a slot comes free. Thread-safe.
class CallLane {
public:
    using Now = std::function<std::chrono::steady_clock::time_point()>;

    explicit CallLane(LaneOptions options, Now now = std::chrono::steady_clock::now);

    /// Held while a call runs.
    class Slot {
    public:
        Slot(Slot&& other) noexcept : lane_(other.lane_), call_(other.call_) {
            other.lane_ = nullptr;
        }
        Slot& operator=(Slot&&) = delete;
        ~Slot() {
            if (lane_ != nullptr) lane_->leave(call_);
        }

    private:
        friend class CallLane;
        using Call = std::list<std::chrono::steady_clock::time_point>::iterator;
        Slot(CallLane* lane, Call call) : lane_(lane), call_(call) {}
        CallLane* lane_;
        Call call_;
    };

    /// A slot, or nothing when none came free in time or the lane is suspended.
    std::optional<Slot> enter();

    bool suspended() const;

private:
    void leave(Slot::Call call);
    bool full() const { return started_.size() >= options_.slots; }
    bool hanging() const;

    LaneOptions options_;
    Now now_;
    mutable std::mutex mutex_;
    std::condition_variable freed_;
    std::list<std::chrono::steady_clock::time_point> started_;  ///< of running calls, oldest first
};

}  // namespace postato::platforms
