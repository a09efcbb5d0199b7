#pragma once

/// \file
/// SIGTERM, SIGINT and SIGQUIT, waited for by a thread of their own.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace postato::app {

/// Made before any other thread starts, so that every thread leaves the signals to this one. Until
/// `wait` a signal ends the process at once: nothing is in flight yet, and what a transaction has
/// begun the database takes back.
class TerminationSignals {
public:
    TerminationSignals();
    ~TerminationSignals();
    TerminationSignals(const TerminationSignals&) = delete;
    TerminationSignals& operator=(const TerminationSignals&) = delete;

    /// Returns at the first signal; each further one calls `again`, on the thread of the signals.
    void wait(std::function<void()> again);

private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::function<void()> again_;  ///< set: somebody waits
    bool came_ = false;
    bool over_ = false;
    std::thread thread_;
};

}  // namespace postato::app
