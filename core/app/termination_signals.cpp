#include "app/termination_signals.hpp"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <utility>

namespace postato::app {
namespace {

sigset_t terminationSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : {SIGTERM, SIGINT, SIGQUIT}) sigaddset(&signals, number);
    return signals;
}

/// As the signal would have ended a program that does not know it, which is how a supervisor tells
/// an end it asked for from a failure. The first process of a container cannot end so.
[[noreturn]] void endBy(int number) {
    std::cerr << "postato: ended by SIG" << ::sigabbrev_np(number) << " before it was ready"
              << std::endl;
    ::signal(number == SIGQUIT ? SIGTERM : number, SIG_DFL);  // SIGQUIT would leave a core file
    const auto signals = terminationSignals();
    ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    ::raise(number == SIGQUIT ? SIGTERM : number);
    std::_Exit(128 + number);
}

}  // namespace

TerminationSignals::TerminationSignals() {
    const auto signals = terminationSignals();
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    thread_ = std::thread([this] { run(); });
}

TerminationSignals::~TerminationSignals() {
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
    }
    ::pthread_kill(thread_.native_handle(), SIGTERM);
    thread_.join();
}

void TerminationSignals::wait(std::function<void()> again) {
    std::unique_lock lock(mutex_);
    again_ = std::move(again);
    changed_.wait(lock, [this] { return came_; });
}

void TerminationSignals::run() {
    const auto signals = terminationSignals();
    for (;;) {
        int number = 0;
        if (::sigwait(&signals, &number) != 0) continue;
        std::unique_lock lock(mutex_);
        if (over_) return;
        if (!again_) endBy(number);
        if (!std::exchange(came_, true)) {
            changed_.notify_one();
            continue;
        }
        lock.unlock();
        again_();
    }
}

}  // namespace postato::app
