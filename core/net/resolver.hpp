#pragma once

/// \file
/// Names to addresses, within a bounded time.

#include <chrono>
#include <string>
#include <vector>

namespace postato::net {

/// Thread-safe.
class Resolver {
public:
    virtual ~Resolver() = default;
    /// Addresses in text form, best first; empty when there are none or the time is up.
    virtual std::vector<std::string> resolve(const std::string& host,
                                             std::chrono::milliseconds within) = 0;
};

/// getaddrinfo cannot be interrupted: each look-up runs on a thread of its own that is abandoned
/// when the time is up, and no look-up starts while `kMaxAbandoned` are still hanging.
class SystemResolver final : public Resolver {
public:
    static constexpr int kMaxAbandoned = 32;
    std::vector<std::string> resolve(const std::string& host,
                                     std::chrono::milliseconds within) override;
};

}  // namespace postato::net
