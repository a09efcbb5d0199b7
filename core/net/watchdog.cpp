#include "net/watchdog.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace postato::net {

Watchdog::Watchdog() : thread_([this] { run(); }) {}

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
        if (watched_.empty()) {
            changed_.wait(lock);
            continue;
        }
        const auto [deadline, socket] = *watched_.begin();
        if (deadline > std::chrono::steady_clock::now()) {
            changed_.wait_until(lock, deadline);
        } else {
            ::shutdown(socket, SHUT_RDWR);
            watched_.erase(watched_.begin());
        }
    }
}

Watchdog::Guard::Guard(Watchdog& watchdog, int socket, Deadline deadline)
    : watchdog_(watchdog), deadline_(deadline), duplicate_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)) {
    if (duplicate_ < 0) throw std::system_error(errno, std::generic_category(), "dup");
    {
        const std::lock_guard lock(watchdog_.mutex_);
        watchdog_.watched_.emplace(deadline_, duplicate_);
    }
    watchdog_.changed_.notify_one();
}

Watchdog::Guard::~Guard() {
    {
        const std::lock_guard lock(watchdog_.mutex_);
        watchdog_.watched_.erase({deadline_, duplicate_});
    }
    ::close(duplicate_);
}

}  // namespace postato::net
