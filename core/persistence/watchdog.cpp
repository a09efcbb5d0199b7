#include "persistence/watchdog.hpp"

#include <sys/socket.h>

namespace postato::persistence {
namespace {

constexpr std::chrono::hours kIdle{1};

}  // namespace

Watchdog::Watchdog(std::chrono::milliseconds limit)
    : limit_(limit),
      next_look_(std::chrono::steady_clock::now() + kIdle),
      thread_([this] { patrol(); }) {}

Watchdog::~Watchdog() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

Watchdog::Guard::Guard(Watchdog& watchdog, int descriptor) : watchdog_(watchdog) {
    const auto deadline = std::chrono::steady_clock::now() + watchdog_.limit_;
    bool sooner = false;
    {
        const std::lock_guard lock(watchdog_.mutex_);
        ticket_ = watchdog_.next_ticket_++;
        watchdog_.watched_.emplace(ticket_, Watched{descriptor, deadline});
        // Under load the thread already wakes earlier than this, so most guards wake nobody.
        sooner = deadline < watchdog_.next_look_;
        if (sooner) watchdog_.next_look_ = deadline;
    }
    if (sooner) watchdog_.changed_.notify_one();
}

Watchdog::Guard::~Guard() {
    const std::lock_guard lock(watchdog_.mutex_);
    watchdog_.watched_.erase(ticket_);
}

void Watchdog::patrol() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const auto now = std::chrono::steady_clock::now();
        next_look_ = now + kIdle;
        for (auto& [ticket, watched] : watched_) {
            if (watched.deadline > now) {
                next_look_ = watched.deadline;
                break;
            }
            // Again at every look until the guard is gone: harmless, and the socket is still ours.
            ::shutdown(watched.descriptor, SHUT_RDWR);
        }
        changed_.wait_until(lock, next_look_);
    }
}

}  // namespace postato::persistence
