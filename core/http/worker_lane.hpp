#pragma once

/// \file
/// A few threads behind a bounded queue. What does not fit is refused at once, so that an overload
/// shows as a quick 503 and not as ever longer waiting.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "http/exchange.hpp"

namespace postato::http {

/// Thread-safe.
class WorkerLane {
public:
    /// `run` is called on the lane's threads, on several at once; it must not throw.
    WorkerLane(std::size_t threads, std::size_t capacity, std::function<void(Exchange&&)> run);
    ~WorkerLane();
    WorkerLane(const WorkerLane&) = delete;
    WorkerLane& operator=(const WorkerLane&) = delete;

    /// False when `capacity` exchanges are waiting already; `exchange` is then untouched.
    bool tryPush(Exchange&& exchange);

    /// Forgets what is waiting and returns when what runs has ended.
    void stop();

private:
    void work();

    const std::size_t capacity_;
    const std::function<void(Exchange&&)> run_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Exchange> waiting_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace postato::http
