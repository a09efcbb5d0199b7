#pragma once

/// \file
/// SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104).

#include <initializer_list>
#include <string>
#include <string_view>

namespace postato::crypto {

std::string sha256(std::string_view data);                            ///< 32 bytes
std::string sha256Hex(std::string_view data);                         ///< 64 lower-case digits
std::string hmacSha256(std::string_view key, std::string_view data);  ///< 32 bytes

/// Each part with its length in front, so that no two lists of parts give the same bytes: what goes
/// into a hash or into associated data is built with it.
std::string lengthPrefixed(std::initializer_list<std::string_view> parts);

}  // namespace postato::crypto
