#pragma once

/// \file
/// Background threads: a pulse that does something again and again, and a lane that takes due work
/// and carries it out on a bounded number of threads.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "util/log.hpp"

namespace postato::accounts {

/// Calls `beat` every `interval`, and again at once while it answers true, or when woken. What it
/// throws is logged once per outage and the beat goes on.
class Pulse {
public:
    Pulse(std::string name, std::chrono::milliseconds interval, std::function<bool()> beat,
          const Logger& log);
    ~Pulse() { join(); }

    void requestStop() { thread_.request_stop(); }
    /// The next beat comes at once.
    void wake();
    /// Returns when the beat under way has ended.
    void join();

private:
    void loop(std::stop_token stop);
    void reportOutage(const std::exception& error);

    std::string name_;
    std::chrono::milliseconds interval_;
    std::function<bool()> beat_;
    const Logger& log_;
    bool away_ = false;  ///< only the thread touches it
    std::mutex mutex_;
    std::condition_variable_any woken_changed_;
    bool woken_ = false;
    std::jthread thread_;
};

/// A pulse that takes what is due, and as many threads as may work on it at once. While there is
/// more than they can do, threads that come free are given work at once. Lanes share nothing: a
/// platform that hangs fills its own and delays no other.
class WorkLane {
public:
    using Job = std::function<void(std::stop_token)>;
    /// Takes at most `free` pieces of due work.
    using Take = std::function<std::vector<Job>(std::size_t free)>;

    WorkLane(std::string name, std::size_t threads, std::chrono::milliseconds interval, Take take,
             const Logger& log);
    ~WorkLane() { join(); }

    void requestStop() { pulse_->requestStop(); }
    /// Jobs that were taken and have not ended.
    std::size_t underWay();
    /// Takes nothing more, and returns when everything taken has been carried out.
    void join();

private:
    bool takeOnce();
    void work(std::stop_token stop);

    std::string name_;
    Take take_;
    const Logger& log_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Job> queue_;
    const std::size_t most_;
    const std::size_t worth_taking_;  ///< free threads that are worth asking for more work
    std::size_t free_;
    bool more_ = false;  ///< the last time, as much was to be had as was asked for
    std::vector<std::jthread> threads_;
    std::unique_ptr<Pulse> pulse_;
};

}  // namespace postato::accounts
