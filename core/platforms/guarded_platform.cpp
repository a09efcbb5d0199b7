#include "platforms/guarded_platform.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <typeinfo>

#include "util/encoding.hpp"
#include "util/error.hpp"

namespace postato::platforms {
namespace {

constexpr std::size_t kLongestMessage = 300;
constexpr std::chrono::hours kLongestWait{24};
constexpr std::chrono::hours kLongestLifetime{24 * 3650};

/// For calls that only compute: a thread of the fast lane makes them, so none waits long.
constexpr LaneOptions kComputing{.slots = 4, .wait = std::chrono::milliseconds(250)};

/// The type of the exception being handled, such as "std::bad_alloc" or "int".
std::string thrownType() {
    const auto* type = abi::__cxa_current_exception_type();
    if (type == nullptr) return "unknown";
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name(
        abi::__cxa_demangle(type->name(), nullptr, nullptr, &status), &std::free);
    return std::string(status == 0 ? name.get() : type->name()).substr(0, 100);
}

sdk::PlatformError presentable(sdk::PlatformError error) {
    if (error.message.size() > kLongestMessage) error.message.resize(kLongestMessage);
    for (char& c : error.message)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    error.code = sdk::safeCode(error.code);
    if (error.retry_after)
        error.retry_after = std::clamp<std::chrono::seconds>(
            *error.retry_after, std::chrono::seconds::zero(), kLongestWait);
    return error;
}

sdk::PlatformError makeError(sdk::ErrorKind kind, std::string message, std::string code) {
    sdk::PlatformError error;
    error.kind = kind;
    error.message = std::move(message);
    error.code = std::move(code);
    return error;
}

/// A lifetime that is over already would have the token refreshed again and again; an endless one
/// would overflow as a time.
void bound(std::optional<std::chrono::seconds>& lifetime) {
    if (!lifetime) return;
    if (*lifetime <= std::chrono::seconds::zero()) return lifetime.reset();
    lifetime = std::min<std::chrono::seconds>(*lifetime, kLongestLifetime);
}

/// No pair may be lost because a label of it cannot be stored.
void makeStorable(std::string& label) {
    if (isStorableText(label)) return;
    for (char& c : label)
        if (c == '\0' || static_cast<unsigned char>(c) >= 0x80) c = '?';
}

void tidy(sdk::Credentials& credentials) {
    bound(credentials.expires_in);
    bound(credentials.refresh_token_expires_in);
    bound(credentials.earliest_refresh_after);
    makeStorable(credentials.token_type);
    makeStorable(credentials.subject);
    for (auto& scope : credentials.scopes) makeStorable(scope);
}

sdk::Result<sdk::Credentials> checked(sdk::Result<sdk::Credentials> result) {
    if (!result) return result;
    if (result.value().access_token.empty())
        return makeError(sdk::ErrorKind::Ambiguous,
                         "The plugin found no access token in the platform's answer",
                         "no_access_token");
    tidy(result.value());
    return result;
}

sdk::Result<std::vector<sdk::Identity>> checked(sdk::Result<std::vector<sdk::Identity>> result) {
    if (!result) return result;
    for (auto& identity : result.value()) {
        for (auto* label : {&identity.id, &identity.username, &identity.display_name,
                            &identity.avatar_url, &identity.profile_url, &identity.kind})
            makeStorable(*label);
        if (!identity.credentials) continue;
        if (identity.credentials->access_token.empty())
            return makeError(sdk::ErrorKind::Protocol,
                             "The plugin found an account without its access token",
                             "no_access_token");
        tidy(*identity.credentials);
    }
    return result;
}

}  // namespace

GuardedPlatform::GuardedPlatform(std::string platform_id,
                                 std::shared_ptr<const sdk::Platform> platform, LaneOptions lane,
                                 const Logger& logger)
    : platform_id_(std::move(platform_id)),
      platform_(std::move(platform)),
      lane_(lane),
      computing_lane_(kComputing),
      logger_(logger) {}

template <class T, class Call>
sdk::Result<T> GuardedPlatform::guarded(CallLane& lane, const char* operation, Call call) const {
    const auto slot = lane.enter();
    if (!slot) {
        logger_.warning("platform.lane_full", {{"platform", platform_id_},
                                               {"operation", operation},
                                               {"suspended", lane.suspended()}});
        return makeError(sdk::ErrorKind::Transient, "Too many calls of this platform are running",
                         "lane_full");
    }
    try {
        sdk::Result<T> result = call();
        if (!result) return presentable(result.error());
        return result;
    } catch (...) {
        logger_.error(
            "platform.plugin_threw",
            {{"platform", platform_id_}, {"operation", operation}, {"type", thrownType()}});
        return makeError(sdk::ErrorKind::Protocol,
                         std::string("The plugin failed in ") + operation + "; see the log",
                         "plugin_threw");
    }
}

std::string GuardedPlatform::authorizationUrl(const sdk::AuthorizationRequest& request) const {
    auto url = guarded<std::string>(computing_lane_, "authorizationUrl",
                                    [&] { return platform_->authorizationUrl(request); });
    if (!url)
        throw Error(ErrorCode::PlatformUnavailable,
                    PublicMessage{"The connection cannot be started: the platform's plugin failed"},
                    InternalDetail{platform_id_ + ": " + url.error().message});
    return std::move(url.value());
}

sdk::CallbackOutcome GuardedPlatform::parseCallback(
    const sdk::CallbackParameters& parameters) const {
    auto outcome = guarded<sdk::CallbackOutcome>(computing_lane_, "parseCallback", [&] {
        auto parsed = platform_->parseCallback(parameters);
        parsed.error = sdk::safeCode(parsed.error);
        return parsed;
    });
    if (outcome) return std::move(outcome.value());
    sdk::CallbackOutcome failed;
    failed.error = outcome.error().code;
    return failed;
}

sdk::Result<sdk::Credentials> GuardedPlatform::exchangeCode(
    sdk::HttpClient& http, const sdk::CodeExchange& exchange) const {
    return checked(guarded<sdk::Credentials>(
        "exchangeCode", [&] { return platform_->exchangeCode(http, exchange); }));
}

sdk::Result<sdk::Credentials> GuardedPlatform::refresh(sdk::HttpClient& http,
                                                       const sdk::Credentials& credentials) const {
    return checked(guarded<sdk::Credentials>(
        "refresh", [&] { return platform_->refresh(http, credentials); }));
}

sdk::Result<sdk::Revocation> GuardedPlatform::revoke(sdk::HttpClient& http,
                                                     const sdk::Credentials& credentials) const {
    return guarded<sdk::Revocation>("revoke", [&] { return platform_->revoke(http, credentials); });
}

sdk::Result<std::vector<sdk::Identity>> GuardedPlatform::identify(
    sdk::HttpClient& http, const sdk::Credentials& credentials) const {
    return checked(guarded<std::vector<sdk::Identity>>(
        "identify", [&] { return platform_->identify(http, credentials); }));
}

}  // namespace postato::platforms
