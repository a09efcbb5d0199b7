#include "api/wrong_key_throttle.hpp"

namespace postato::api {
namespace {

constexpr std::chrono::milliseconds kWindow{60'000};
constexpr std::size_t kMostAddresses = 10'000;

}  // namespace

std::optional<std::chrono::seconds> WrongKeyThrottle::wrong(const std::string& client_network) {
    const TimePoint now = clock_.now();
    const std::lock_guard lock(mutex_);
    if (!windows_.contains(client_network)) makeRoom(now);
    auto& window = windows_[client_network];
    if (window.ends_at <= now) window = {now + kWindow, 0};
    if (window.count < per_minute_) {
        ++window.count;
        return std::nullopt;
    }
    return std::chrono::ceil<std::chrono::seconds>(window.ends_at - now);
}

void WrongKeyThrottle::makeRoom(TimePoint now) {
    if (windows_.size() < kMostAddresses) return;
    std::erase_if(windows_, [&](const auto& entry) { return entry.second.ends_at <= now; });
    // Still full: an attack from many addresses. Forgetting them all bounds memory, and costs them
    // nothing that the key's length does not make up for.
    if (windows_.size() >= kMostAddresses) windows_.clear();
}

}  // namespace postato::api
