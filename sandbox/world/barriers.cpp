#include "world/barriers.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <nlohmann/json.hpp>

namespace postato::sandbox {

void Barriers::arm(std::string platform, Endpoint endpoint, bool after_change, std::int64_t times) {
    barriers_.push_back(
        std::make_shared<Barrier>(Barrier{std::move(platform), endpoint, after_change, times, 0}));
}

void Barriers::pass(std::unique_lock<std::mutex>& lock, const std::string& platform,
                    Endpoint endpoint, bool after_change) {
    const auto found = std::find_if(barriers_.begin(), barriers_.end(), [&](const auto& barrier) {
        return barrier->platform == platform && barrier->endpoint == endpoint &&
               barrier->after_change == after_change && barrier->armed > 0;
    });
    if (found == barriers_.end()) return;
    const auto barrier = *found;
    --barrier->armed;
    ++barrier->held;
    const auto self = held_.insert(held_.end(), {barrier});
    changed_.wait_for(lock, std::chrono::minutes(2), [self] { return self->released; });
    --barrier->held;
    held_.erase(self);
    if (barrier->armed == 0 && barrier->held == 0) barriers_.remove(barrier);
}

std::size_t Barriers::release(std::string_view platform, std::size_t count) {
    std::size_t gone = 0;
    for (auto& held : held_) {
        if (gone == count) break;
        if (held.released || (!platform.empty() && held.barrier->platform != platform)) continue;
        held.released = true;
        ++gone;
    }
    changed_.notify_all();
    return gone;
}

void Barriers::clear(std::string_view platform) {
    release(platform, std::numeric_limits<std::size_t>::max());
    barriers_.remove_if([platform](const auto& barrier) {
        if (!platform.empty() && barrier->platform != platform) return false;
        barrier->armed = 0;
        return true;
    });
}

Json Barriers::describe() const {
    Json out = Json::array();
    for (const auto& barrier : barriers_) {
        out.push_back({{"platform", barrier->platform},
                       {"endpoint", nameOf(barrier->endpoint)},
                       {"afterChange", barrier->after_change},
                       {"armed", barrier->armed},
                       {"held", barrier->held}});
    }
    return out;
}

}  // namespace postato::sandbox
