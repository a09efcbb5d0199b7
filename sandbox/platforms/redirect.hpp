#pragma once

// PKCE and redirects: the two small protocols between an app and an authorization page.

#include <string>
#include <string_view>

#include "wire/parameters.hpp"

namespace postato::sandbox {

/// `uri` with the parameters appended to its query, and `fragment` (with its #) behind.
std::string withParameters(std::string_view uri, const Parameters& parameters,
                           std::string_view fragment);

/// RFC 7636 4.6: `plain`, or S256 as base64url. X takes the method in any case.
bool verifierMatches(std::string_view challenge, std::string_view method,
                     std::string_view verifier);

/// TikTok's desktop variant: lower-case hex of SHA-256.
bool hexVerifierMatches(std::string_view challenge, std::string_view verifier);

}  // namespace postato::sandbox
