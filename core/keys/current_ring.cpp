#include "keys/current_ring.hpp"

#include <algorithm>
#include <utility>

#include "util/error.hpp"

namespace postato::keys {

void CurrentRing::start(std::shared_ptr<const crypto::KeyRing> ring) {
    const std::lock_guard lock(mutex_);
    ring_ = std::move(ring);
    read_at_ = Steady::now();
}

std::shared_ptr<const crypto::KeyRing> CurrentRing::get() const {
    const std::lock_guard lock(mutex_);
    return ring_;
}

void CurrentRing::readAgain() {
    {
        const std::lock_guard lock(mutex_);
        if (Steady::now() - read_at_ < read_again_after_) return;
        read_at_ = Steady::now();
    }
    try {
        auto ring = source_();  // may take a while: a command delivers it
        const std::lock_guard lock(mutex_);
        ring_ = std::move(ring);
        unreadable_ = false;
    } catch (const Error& error) {
        const std::lock_guard lock(mutex_);
        if (!std::exchange(unreadable_, true))
            log_.error("keys.ring_unreadable", {{"message", error.message()}});
    }
}

bool CurrentRing::holdsAll(const StoredKeys& stored) const {
    const auto ring = get();
    const auto in_use = stored.inUse();
    return std::all_of(in_use.begin(), in_use.end(), [&](const auto& key) {
        return ring->holds(crypto::KeyRing::wrappingKeyOf(key.wrapped));
    });
}

}  // namespace postato::keys
