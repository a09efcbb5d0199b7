#pragma once

/// \file
/// epoll(7), edge-triggered: each descriptor is registered once for everything, so a request costs
/// no further call. Whoever is told of an event must read or write until that would block.

#include <chrono>
#include <cstdint>
#include <vector>

namespace postato::http {

class Poller {
public:
    struct Event {
        std::uint64_t key;
        bool broken;  ///< reset: nobody can be answered any more
    };

    /// Throws std::system_error.
    Poller();
    ~Poller();
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;

    /// `key` comes back with each event; kWakeKey is taken. A descriptor leaves by being closed.
    /// Throws std::system_error.
    void add(int descriptor, std::uint64_t key);
    /// As `add`, but an event comes as long as there is something to read; see `remove`.
    void addLevelTriggered(int descriptor, std::uint64_t key);
    void remove(int descriptor);

    /// Events that came within `most`; the list is valid until the next call.
    const std::vector<Event>& wait(std::chrono::milliseconds most);

    /// Thread-safe. Ends a `wait`, also one that begins later.
    void wake();

    static constexpr std::uint64_t kWakeKey = 0;

private:
    void control(int descriptor, std::uint64_t key, std::uint32_t interest);

    int epoll_;
    int wake_;
    std::vector<Event> events_;
};

}  // namespace postato::http
