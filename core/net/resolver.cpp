#include "net/resolver.hpp"

#include <netdb.h>

#include <algorithm>
#include <array>
#include <future>
#include <semaphore>
#include <system_error>
#include <thread>

namespace postato::net {
namespace {

std::vector<std::string> lookUp(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, &::freeaddrinfo);
    std::vector<std::string> addresses;
    for (const auto* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        if (::getnameinfo(entry->ai_addr, entry->ai_addrlen, text.data(), text.size(), nullptr, 0,
                          NI_NUMERICHOST) == 0)
            addresses.emplace_back(text.data());
    }
    return addresses;
}

}  // namespace

/// Shared with the threads, which may outlive the resolver.
struct SystemResolver::Slots {
    std::counting_semaphore<kAtOnce> free{kAtOnce};
};

SystemResolver::SystemResolver() : slots_(std::make_shared<Slots>()) {}
SystemResolver::~SystemResolver() = default;

std::vector<std::string> SystemResolver::resolve(const std::string& host,
                                                 std::chrono::steady_clock::time_point deadline) {
    const auto now = std::chrono::steady_clock::now();
    if (deadline <= now) return {};
    deadline = std::min(deadline, now + kLongest);
    if (!slots_->free.try_acquire_until(deadline)) return {};
    auto answer = std::make_shared<std::promise<std::vector<std::string>>>();
    auto addresses = answer->get_future();
    try {
        std::thread([slots = slots_, answer, host] {
            std::vector<std::string> found;
            try {
                found = lookUp(host);
            } catch (const std::exception&) {  // out of memory: as if there were no answer
            }
            answer->set_value(std::move(found));
            slots->free.release();
        }).detach();
    } catch (const std::system_error&) {  // no more threads: as if there were no answer
        slots_->free.release();
        return {};
    }
    if (addresses.wait_until(deadline) != std::future_status::ready) return {};
    return addresses.get();
}

}  // namespace postato::net
