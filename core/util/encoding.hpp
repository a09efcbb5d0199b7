#pragma once

/// \file
/// Text forms of bytes.

#include <optional>
#include <string>
#include <string_view>

namespace postato {

std::string toHex(std::string_view bytes);  ///< lower case
std::optional<std::string> fromHex(std::string_view text);
std::string toBase64Url(std::string_view bytes);  ///< RFC 4648 5, no padding
/// Refuses padding, white space, other alphabets and non-zero trailing bits.
std::optional<std::string> fromBase64Url(std::string_view text);

/// RFC 3986 2.1: everything but unreserved characters becomes %XX.
std::string percentEncode(std::string_view text);
/// Decodes %XX once; `plus_is_space` for form data. Nothing on a broken escape.
std::optional<std::string> percentDecode(std::string_view text, bool plus_is_space);

/// Valid UTF-8 without U+0000: the only text that both databases store alike.
bool isStorableText(std::string_view text);

/// Compares without leaving early; lengths may differ and are not secret.
bool equalConstantTime(std::string_view a, std::string_view b);

/// ASCII only.
std::string toLower(std::string_view text);

}  // namespace postato
