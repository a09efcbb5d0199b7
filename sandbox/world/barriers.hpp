#pragma once

// Barriers: calls that are held until a test lets them go, to bring about races on purpose.

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "wire/message.hpp"
#include "world/endpoint.hpp"

namespace postato::sandbox {

class Barriers {
public:
    /// Holds the next `times` calls of the endpoint: with `after_change` their answers, else the
    /// calls before they take effect.
    void arm(std::string platform, Endpoint endpoint, bool after_change, std::int64_t times);

    /// Blocks while a barrier holds this call; gives `lock` (the one guarding this object) away
    /// meanwhile. A call is never held for longer than two minutes.
    void pass(std::unique_lock<std::mutex>& lock, const std::string& platform, Endpoint endpoint,
              bool after_change);

    /// Lets the `count` longest held calls go (of one platform, or of all when empty).
    /// Returns how many went.
    std::size_t release(std::string_view platform, std::size_t count);
    /// Lets all held calls go and disarms what is still armed.
    void clear(std::string_view platform);

    /// [{platform, endpoint, afterChange, armed, held}]
    Json describe() const;

private:
    struct Barrier {
        std::string platform;
        Endpoint endpoint;
        bool after_change;
        std::int64_t armed;
        std::int64_t held;
    };
    struct Held {
        std::shared_ptr<Barrier> barrier;
        bool released = false;
    };
    std::list<std::shared_ptr<Barrier>> barriers_;
    std::list<Held> held_;
    std::condition_variable changed_;
};

}  // namespace postato::sandbox
