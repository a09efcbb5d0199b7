#pragma once

// Hashes, random strings and text encodings. The sandbox has its own so that a mistake in the
// product's is not mirrored here.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postato::sandbox {

/// Lower-case hex of SHA-256.
std::string sha256Hex(std::string_view data);

/// base64url without padding of SHA-256: the PKCE `S256` transformation (RFC 7636 4.2).
std::string sha256Base64Url(std::string_view data);

std::string base64UrlEncode(std::string_view data);

/// Standard alphabet, padding required. Absent when the text is not base64.
std::optional<std::string> base64Decode(std::string_view text);

/// `length` characters from A-Z, a-z and 0-9, from the operating system's generator.
std::string randomText(std::size_t length);

/// Everything outside RFC 3986 "unreserved" as %XX, except space, which becomes `+`.
std::string percentEncode(std::string_view text);

/// Splits at any of `separators`, leaving out empty pieces.
std::vector<std::string> split(std::string_view text, std::string_view separators);

std::string join(const std::vector<std::string>& parts, std::string_view separator);

bool contains(const std::vector<std::string>& list, std::string_view item);

std::string lowerCase(std::string_view text);

/// `text` with &, <, >, " and ' as character references.
std::string escapeHtml(std::string_view text);

}  // namespace postato::sandbox
