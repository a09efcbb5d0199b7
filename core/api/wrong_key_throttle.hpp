#pragma once

/// \file
/// Slows down whoever tries wrong API keys.

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "util/clock.hpp"

namespace postato::api {

/// Counts wrong keys per client network, in the memory of this process: a guess must not cost a
/// write, and keys of 256 bits are not found by guessing at many replicas either. A good key is
/// never asked about, so nobody can lock one out. Thread-safe.
class WrongKeyThrottle {
public:
    WrongKeyThrottle(const Clock& clock, int per_minute) : clock_(clock), per_minute_(per_minute) {}

    /// Counts one more wrong key. How long to wait when there were too many, else nothing.
    std::optional<std::chrono::seconds> wrong(const std::string& client_network);

private:
    struct Window {
        TimePoint ends_at;
        int count = 0;
    };
    void makeRoom(TimePoint now);

    const Clock& clock_;
    const int per_minute_;
    std::mutex mutex_;
    std::unordered_map<std::string, Window> windows_;
};

}  // namespace postato::api
