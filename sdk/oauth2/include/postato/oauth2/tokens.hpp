#pragma once

/// \file
/// The successful token answer (RFC 6749 5.1), read with tolerance.

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "postato/oauth2/json.hpp"
#include "postato/sdk/oauth.hpp"

namespace postato::oauth2 {

/// A lifetime in seconds, from a number or a string of digits. Nothing when it is absent, zero,
/// negative or no number: servers write all of these for "not stated". Cut to ten years.
std::optional<std::chrono::seconds> readLifetime(const Json& value);

/// Reads `access_token`, `token_type`, `expires_in`, `refresh_token`, `scope`, and the refresh
/// token's lifetime under either of its two common names (`refresh_token_expires_in`,
/// `refresh_expires_in`). Unknown fields are ignored and all but `access_token` may be missing.
/// Otherwise gives the name of the field that is missing or malformed: a token must be a non-empty
/// string of printable ASCII (RFC 6749 A.12), so that it can stand in a header.
std::variant<sdk::Credentials, std::string> readTokenResponse(const Json& body);

}  // namespace postato::oauth2
