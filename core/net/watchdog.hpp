#pragma once

/// \file
/// Absolute deadlines for blocking sockets: time-outs of a read start anew with every byte, this
/// does not.

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace postato::net {

/// One thread for all watched sockets. Thread-safe.
class Watchdog {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    Watchdog();
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    /// Shuts the socket down at the deadline unless it was let go before. Keeps a duplicate of the
    /// descriptor, so a number used again for another socket is never hit.
    class Watch {
    public:
        Watch(Watchdog& dog, int socket, TimePoint deadline);
        ~Watch();
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;

    private:
        Watchdog& dog_;
        std::multimap<TimePoint, int>::iterator entry_;
    };

private:
    void loop();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::multimap<TimePoint, int> watched_;  ///< deadline -> duplicate descriptor; -1 once shut
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace postato::net
