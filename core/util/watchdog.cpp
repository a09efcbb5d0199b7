#include "util/watchdog.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace postato {

namespace {

constexpr std::chrono::hours kIdle{1};

}  // namespace

Watchdog::Watchdog()
    : next_look_(std::chrono::steady_clock::now() + kIdle), thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void Watchdog::run() {
    std::unique_lock lock(mutex_);
    while (!stop_) {
        const auto now = std::chrono::steady_clock::now();
        while (!watched_.empty() && watched_.begin()->first <= now) {
            ::shutdown(watched_.begin()->second, SHUT_RDWR);
            watched_.erase(watched_.begin());
        }
        next_look_ = watched_.empty() ? now + kIdle : watched_.begin()->first;
        changed_.wait_until(lock, next_look_);
    }
}

Watchdog::Guard::Guard(Watchdog& watchdog, int socket, Deadline deadline)
    : watchdog_(watchdog), deadline_(deadline), duplicate_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)) {
    if (duplicate_ < 0) throw std::system_error(errno, std::generic_category(), "dup");
    const std::lock_guard lock(watchdog_.mutex_);
    watchdog_.watched_.emplace(deadline_, duplicate_);
    if (deadline_ >= watchdog_.next_look_) return;
    watchdog_.next_look_ = deadline_;
    watchdog_.changed_.notify_one();
}

Watchdog::Guard::~Guard() {
    {
        const std::lock_guard lock(watchdog_.mutex_);
        watchdog_.watched_.erase({deadline_, duplicate_});
    }
    ::close(duplicate_);
}

}  // namespace postato
