#include "api/authorization_origin.hpp"

#include "api/targets.hpp"
#include "platforms/platform_registry.hpp"
#include "util/error.hpp"

namespace postato::api {

std::string authorizationOrigin(const platforms::PlatformEntry& platform) {
    // The address of a request that nobody makes; only its origin is looked at.
    sdk::AuthorizationRequest request;
    request.redirect_uri = platform.redirect_uri;
    request.state = std::string(43, '0');
    request.code_challenge = std::string(43, '0');
    request.scopes = platform.scopes;
    auto origin = originOf(platform.platform->authorizationUrl(request));
    if (!origin)
        throw Error(ErrorCode::Internal, PublicMessage{"An internal error occurred"},
                    InternalDetail{platform.id + ": the authorization address has no origin"});
    return std::move(*origin);
}

}  // namespace postato::api
