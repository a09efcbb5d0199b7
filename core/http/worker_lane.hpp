#pragma once

/// \file
/// A few threads behind a bounded queue. What does not fit is refused at once, so that an overload
/// shows as a quick 503 and not as ever longer waiting.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/exchange.hpp"

namespace postato::http {

struct LaneSize {
    std::size_t threads = 1;
    std::size_t capacity = 128;  ///< exchanges that may wait
    /// Threads that one group of exchanges may hold, and as large a part of the queue.
    std::size_t per_group = 1;
};

/// Exchanges of one group wait for the same thing, such as a platform. When that hangs, the group
/// fills its part of the lane and the rest goes on. Thread-safe.
class WorkerLane {
public:
    /// `run` is called on the lane's threads, on several at once; it must not throw.
    WorkerLane(LaneSize size, std::function<void(Exchange&&)> run);
    ~WorkerLane();
    WorkerLane(const WorkerLane&) = delete;
    WorkerLane& operator=(const WorkerLane&) = delete;

    /// False when there is no room left to wait in; `exchange` is then untouched.
    bool tryPush(const std::string& group, Exchange&& exchange);

    /// Forgets what is waiting and returns when what runs has ended.
    void stop();

private:
    struct Group {
        std::size_t running = 0;
        std::size_t waiting = 0;
    };
    struct Waiting {
        std::map<std::string, Group>::iterator group;
        Exchange exchange;
    };

    void work();
    std::deque<Waiting>::iterator nextToRun();

    const LaneSize size_;
    const std::size_t waiting_per_group_;
    const std::function<void(Exchange&&)> run_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Waiting> waiting_;
    std::map<std::string, Group> groups_;  ///< those with anything in the lane
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace postato::http
