#pragma once

/// \file
/// Bounds the wait for a server that has stopped answering without closing the connection: paused,
/// or behind a network that swallows everything. The server's own time limits do not run then, and
/// the kernel still acknowledges what is sent to a paused process.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>

namespace postato::persistence {

/// Shuts a watched socket down when its time is over, so that a blocking read on it ends with an
/// error. Thread-safe; one thread for all sockets.
class Watchdog {
public:
    explicit Watchdog(std::chrono::milliseconds limit);
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    /// Watches from construction to destruction, during which the descriptor must stay open.
    class Guard {
    public:
        Guard(Watchdog& watchdog, int descriptor);
        ~Guard();
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;

    private:
        Watchdog& watchdog_;
        std::uint64_t ticket_;
    };

private:
    using SteadyTime = std::chrono::steady_clock::time_point;
    struct Watched {
        int descriptor;
        SteadyTime deadline;
    };

    void patrol();

    const std::chrono::milliseconds limit_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::uint64_t next_ticket_ = 0;
    std::map<std::uint64_t, Watched> watched_;  ///< by ticket, which is by deadline too
    SteadyTime next_look_;
    std::thread thread_;
};

}  // namespace postato::persistence
