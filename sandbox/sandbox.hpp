#pragma once

// The sandbox without its sockets: takes a request, gives an answer and the way it is to be sent.

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

#include "delivery.hpp"
#include "wire/message.hpp"

namespace postato::sandbox {

/// Waits that long, or until the client has gone or the server stops; tells whether the client is
/// still there.
using Patience = std::function<bool(std::chrono::milliseconds)>;

/// Thread-safe: one lock makes every call to a platform atomic. Calls that wait (faults with a
/// delay, barriers) wait without it.
class Sandbox {
public:
    Sandbox();
    ~Sandbox();

    Delivery serve(const Request& request, const Patience& patience);

    /// Lets everything go that a barrier holds, so that the server can stop.
    void releaseAll();

private:
    struct Books;

    Delivery servePlatform(const Request& request, Platform& platform, const Patience& patience);

    std::mutex mutex_;
    std::unique_ptr<Books> books_;
};

}  // namespace postato::sandbox
