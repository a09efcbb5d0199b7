#pragma once

/// \file
/// Proof Key for Code Exchange (RFC 7636).

#include <string>

#include "postato/sdk/oauth.hpp"
#include "postato/sdk/secret.hpp"
#include "util/random.hpp"

namespace postato::crypto {

/// 43 characters of base64url: 32 random bytes (RFC 7636 4.1).
sdk::Secret makeCodeVerifier(Random& random);

/// The challenge that goes into the authorization URL (RFC 7636 4.2). Empty for PkceMethod::None.
/// There is no `plain`.
std::string codeChallenge(sdk::PkceMethod method, const sdk::Secret& verifier);

}  // namespace postato::crypto
