#include "http/poller.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace postato::http {
namespace {

constexpr int kMostEvents = 256;

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(-1) {
    if (epoll_ < 0) fail("epoll_create1");
    wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_ < 0) {
        const int error = errno;
        ::close(epoll_);
        errno = error;
        fail("eventfd");
    }
    control(wake_, kWakeKey, EPOLLIN | EPOLLET);
}

Poller::~Poller() {
    ::close(wake_);
    ::close(epoll_);
}

void Poller::add(int descriptor, std::uint64_t key) {
    control(descriptor, key, EPOLLIN | EPOLLOUT | EPOLLET);
}

void Poller::addLevelTriggered(int descriptor, std::uint64_t key) {
    control(descriptor, key, EPOLLIN);
}

void Poller::remove(int descriptor) { ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr); }

void Poller::control(int descriptor, std::uint64_t key, std::uint32_t interest) {
    epoll_event event{};
    event.events = interest;
    event.data.u64 = key;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) fail("epoll_ctl");
}

const std::vector<Poller::Event>& Poller::wait(std::chrono::milliseconds most) {
    std::array<epoll_event, kMostEvents> raw;
    const int count = ::epoll_wait(epoll_, raw.data(), kMostEvents, static_cast<int>(most.count()));
    events_.clear();
    for (int i = 0; i < count; ++i) {  // count is -1 when a signal came: nothing happened then
        const auto& event = raw[static_cast<std::size_t>(i)];
        events_.push_back({event.data.u64, (event.events & EPOLLERR) != 0});
    }
    return events_;
}

void Poller::wake() {
    // Never read: each write is an edge of its own, and the counter cannot overflow in 2^64 writes.
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

}  // namespace postato::http
