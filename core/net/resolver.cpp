#include "net/resolver.hpp"

#include <arpa/inet.h>
#include <netdb.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace postato::net {
namespace {

using Addresses = std::vector<std::string>;

Addresses lookUp(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_family = AF_UNSPEC;
    addrinfo* list = nullptr;
    if (getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return {};
    Addresses addresses;
    for (const addrinfo* item = list; item != nullptr; item = item->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(item->ai_addr, item->ai_addrlen, text, sizeof text, nullptr, 0,
                        NI_NUMERICHOST) == 0)
            addresses.emplace_back(text);
    }
    freeaddrinfo(list);
    return addresses;
}

bool isAddress(const std::string& host) {
    unsigned char bytes[16];
    return inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
           inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

/// Shared with the thread, which may outlive the caller's patience.
struct LookUp {
    std::mutex mutex;
    std::condition_variable done;
    std::optional<Addresses> addresses;
};

std::atomic<int> look_ups_running{0};

}  // namespace

std::vector<std::string> SystemResolver::resolve(const std::string& host,
                                                 std::chrono::milliseconds within) {
    if (isAddress(host)) return {host};
    if (look_ups_running.fetch_add(1) >= kMaxAbandoned) {
        --look_ups_running;
        return {};
    }
    auto look_up = std::make_shared<LookUp>();
    std::thread([look_up, host] {
        auto addresses = lookUp(host);
        {
            const std::lock_guard lock(look_up->mutex);
            look_up->addresses = std::move(addresses);
        }
        look_up->done.notify_one();
        --look_ups_running;
    }).detach();
    std::unique_lock lock(look_up->mutex);
    look_up->done.wait_for(lock, within, [&] { return look_up->addresses.has_value(); });
    return look_up->addresses.value_or(Addresses{});
}

}  // namespace postato::net
