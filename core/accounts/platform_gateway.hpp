#pragma once

/// \file
/// What the rules of the product need of the outside: loaded platforms and a way to call them.

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "platforms/platform_registry.hpp"
#include "postato/sdk/http.hpp"

namespace postato::accounts {

/// Makes the client for one call; the deadline covers everything the call does.
using HttpClientFactory =
    std::function<std::unique_ptr<sdk::HttpClient>(std::chrono::milliseconds deadline)>;

struct PlatformGateway {
    const platforms::PlatformRegistry& registry;
    HttpClientFactory http;

    std::chrono::milliseconds exchange_deadline{20'000};  ///< a code may live only 30 s
    std::chrono::milliseconds refresh_deadline{
        60'000};  ///< shorter than the lease: see RefreshPolicy
    std::chrono::milliseconds revoke_deadline{20'000};

    /// The platform, loaded and configured. Throws Error{NotFound} when no such plugin is loaded
    /// and Error{PlatformMisconfigured} when it has no credentials or is refused.
    const platforms::PlatformEntry& require(const std::string& platform) const;
};

}  // namespace postato::accounts
