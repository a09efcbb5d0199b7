#pragma once

/// \file
/// Absolute deadlines for blocking sockets. Time-outs of a socket count from the last byte, so a
/// peer that sends one byte now and then is never late, and a paused one is still acknowledged by
/// its kernel; this ends the socket itself when the time is up.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace postato {

/// One thread for all deadlines. Thread-safe. Outlives its guards.
class Watchdog {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    Watchdog();
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    /// While it lives, the socket is shut down in both directions once the deadline has passed;
    /// whoever blocks on it wakes up to an error or an end.
    class Guard {
    public:
        Guard(Watchdog& watchdog, int socket, Deadline deadline);
        ~Guard();
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;

    private:
        Watchdog& watchdog_;
        Deadline deadline_;
        int duplicate_;  ///< ours, so that the number cannot come to mean another socket
    };

private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<std::pair<Deadline, int>> watched_;  ///< until their deadline passes
    /// When the thread wakes by itself. A guard wakes it only when it must be sooner, which under
    /// load it seldom must.
    Deadline next_look_;
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace postato
