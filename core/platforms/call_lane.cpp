#include "platforms/call_lane.hpp"

namespace postato::platforms {

CallLane::CallLane(LaneOptions options, Now now) : options_(options), now_(std::move(now)) {}

std::optional<CallLane::Slot> CallLane::enter() {
    std::unique_lock lock(mutex_);
    if (hanging()) return std::nullopt;
    if (!freed_.wait_for(lock, options_.wait, [this] { return !full(); })) return std::nullopt;
    return Slot(this, started_.insert(started_.end(), now_()));
}

bool CallLane::suspended() const {
    const std::lock_guard lock(mutex_);
    return hanging();
}

void CallLane::leave(Slot::Call call) {
    {
        const std::lock_guard lock(mutex_);
        started_.erase(call);
    }
    freed_.notify_one();
}

bool CallLane::hanging() const {
    // The youngest call is the last one in; when it hangs, all the older ones do.
    return full() && now_() - started_.back() > options_.hang_limit;
}

}  // namespace postato::platforms
