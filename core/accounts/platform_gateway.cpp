#include "accounts/platform_gateway.hpp"

#include "util/error.hpp"

namespace postato::accounts {

const platforms::PlatformEntry& PlatformGateway::require(const std::string& platform) const {
    const auto* entry = registry.find(platform);
    if (entry == nullptr) throw notFound("Platform '" + platform + "'");
    if (!entry->platform || entry->state == platforms::PlatformState::Unconfigured)
        throw Error(ErrorCode::PlatformMisconfigured,
                    PublicMessage{entry->display_name +
                                  " is not configured on this server: " + entry->reason});
    return *entry;
}

}  // namespace postato::accounts
