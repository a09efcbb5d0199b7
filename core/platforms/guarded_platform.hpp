#pragma once

/// \file
/// The edge between host and plugin: the only way host code calls one.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "platforms/call_lane.hpp"
#include "postato/sdk/platform.hpp"
#include "util/log.hpp"

namespace postato::platforms {

/// The members of sdk::Platform with a guard around each:
///  - whatever a plugin throws, numbers and bad_alloc too, becomes a `Protocol` error;
///  - calls of one platform that may wait for its servers share a CallLane: when it is full the
///    answer is `Transient` and the plugin is not called. Those that only compute have a lane of
///    their own, so that a platform whose servers hang can still be asked for an address;
///  - the texts of an error are cut to a length and an alphabet that logs and pages can show, and a
///    wait it names to a day;
///  - a success is what the rest of the host may rely on: an access token (else the answer is
///    `Ambiguous`, since the old credentials may be spent), lifetimes above zero and of ten years
///    at most, and labels that can be stored.
///
/// A thrown text may repeat a piece of an answer, tokens included, so the log gets the exception's
/// type and never its text. A plugin that corrupts memory or ends the process is beyond any guard.
/// Thread-safe.
class GuardedPlatform {
public:
    /// `logger` must outlive this object.
    GuardedPlatform(std::string platform_id, std::shared_ptr<const sdk::Platform> platform,
                    LaneOptions lane, const Logger& logger);

    const sdk::Traits& traits() const noexcept { return platform_->traits(); }

    /// Throws Error{PlatformUnavailable} when the plugin throws or the lane is full.
    std::string authorizationUrl(const sdk::AuthorizationRequest& request) const;
    /// Kind::Failed when the plugin throws.
    sdk::CallbackOutcome parseCallback(const sdk::CallbackParameters& parameters) const;
    sdk::Result<sdk::Credentials> exchangeCode(sdk::HttpClient& http,
                                               const sdk::CodeExchange& exchange) const;
    sdk::Result<sdk::Credentials> refresh(sdk::HttpClient& http,
                                          const sdk::Credentials& credentials) const;
    sdk::Result<sdk::Revocation> revoke(sdk::HttpClient& http,
                                        const sdk::Credentials& credentials) const;
    sdk::Result<std::vector<sdk::Identity>> identify(sdk::HttpClient& http,
                                                     const sdk::Credentials& credentials) const;

    /// Every slot of a lane hangs.
    bool suspended() const { return lane_.suspended() || computing_lane_.suspended(); }

private:
    template <class T, class Call>
    sdk::Result<T> guarded(CallLane& lane, const char* operation, Call call) const;
    template <class T, class Call>
    sdk::Result<T> guarded(const char* operation, Call call) const {
        return guarded<T>(lane_, operation, std::move(call));
    }

    std::string platform_id_;
    std::shared_ptr<const sdk::Platform> platform_;
    mutable CallLane lane_;
    mutable CallLane computing_lane_;
    const Logger& logger_;
};

}  // namespace postato::platforms
