#pragma once

// The authorization page: from a checked request to the redirect back to the app, whether a
// person clicks or a test has scripted the answer.

#include <string_view>

#include "platforms/platform.hpp"
#include "wire/message.hpp"
#include "world/world.hpp"

namespace postato::sandbox {

/// Answers by a scripted answer if one waits, else silently where the platform does that, else
/// with the consent page.
Response beginAuthorization(World& world, Platform& platform, AuthorizationRequest request);

/// The consent page's form. Clicking twice leads to the same place twice.
Response submitAuthorization(World& world, PendingAuthorization& pending, Platform& platform,
                             std::string_view ticket, const Parameters& form);

}  // namespace postato::sandbox
