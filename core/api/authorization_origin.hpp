#pragma once

/// \file
/// The origin of a platform's authorization page: a form whose answer redirects there must name it
/// in its content security policy.

#include <string>

namespace postato::platforms {
struct PlatformEntry;
}

namespace postato::api {

/// Throws Error{Internal} when the platform's address is none that a browser could be sent to.
std::string authorizationOrigin(const platforms::PlatformEntry& platform);

}  // namespace postato::api
