#pragma once

/// \file
/// The key ring that this process works with, read again when one of its keys is missing.

#include <chrono>
#include <memory>
#include <mutex>

#include "keys/ring_source.hpp"
#include "keys/stored_keys.hpp"
#include "util/log.hpp"

namespace postato::keys {

/// Thread-safe.
class CurrentRing {
public:
    CurrentRing(RingSource source, std::chrono::milliseconds read_again_after, const Logger& log)
        : source_(std::move(source)), read_again_after_(read_again_after), log_(log) {}

    /// What the source gave just now. Once, before the others.
    void start(std::shared_ptr<const crypto::KeyRing> ring);
    std::shared_ptr<const crypto::KeyRing> get() const;

    /// Asks the source, unless that was done a moment ago. A ring that cannot be read is logged
    /// once, and the one at hand stays.
    void readAgain();

    /// Whether it has the keys that all of `stored` are wrapped under.
    bool holdsAll(const StoredKeys& stored) const;

private:
    using Steady = std::chrono::steady_clock;

    const RingSource source_;
    const std::chrono::milliseconds read_again_after_;
    const Logger& log_;

    mutable std::mutex mutex_;
    std::shared_ptr<const crypto::KeyRing> ring_;
    Steady::time_point read_at_;
    bool unreadable_ = false;  ///< and said so
};

}  // namespace postato::keys
