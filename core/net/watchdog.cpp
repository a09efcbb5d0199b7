#include "net/watchdog.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace postato::net {

Watchdog::Watchdog() : thread_([this] { loop(); }) {}

Watchdog::~Watchdog() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

Watchdog::Watch::Watch(Watchdog& dog, int socket, TimePoint deadline) : dog_(dog) {
    const int duplicate = fcntl(socket, F_DUPFD_CLOEXEC, 0);
    const std::lock_guard lock(dog_.mutex_);
    entry_ = dog_.watched_.emplace(deadline, duplicate);
    dog_.changed_.notify_all();
}

Watchdog::Watch::~Watch() {
    const std::lock_guard lock(dog_.mutex_);
    if (entry_->second >= 0) close(entry_->second);
    dog_.watched_.erase(entry_);
}

void Watchdog::loop() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const auto now = std::chrono::steady_clock::now();
        auto next = watched_.begin();
        while (next != watched_.end() && next->first <= now) {
            if (next->second >= 0) {
                shutdown(next->second, SHUT_RDWR);
                close(next->second);
                next->second = -1;  // the Watch erases the entry
            }
            ++next;
        }
        if (next == watched_.end())
            changed_.wait(lock);
        else
            changed_.wait_until(lock, next->first);
    }
}

}  // namespace postato::net
