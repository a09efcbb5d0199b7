#pragma once

/// \file
/// Cookies (RFC 6265). Ours are all of one kind: sent over TLS only (browsers count loopback as
/// such), bound to this host by the `__Host-` prefix, out of reach of scripts, and not sent along
/// with another site's requests.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postato::http {

using CookiePairs = std::vector<std::pair<std::string, std::string>>;

/// The pairs of a Cookie header (RFC 6265 4.2.1), in the order sent. Nothing when any of it is not
/// well formed: a header that two readers could read differently names nobody.
std::optional<CookiePairs> parseCookies(std::string_view header);

/// The value of `__Host-<name>`. Nothing when `header` is null or malformed, or when the name is
/// absent or stands there twice.
std::optional<std::string> cookie(const std::string* header, std::string_view name);

/// The value of a Set-Cookie header for `__Host-<name>`. Throws Error{Internal} when name or value
/// hold anything that a cookie cannot (values are base64url or hex here).
std::string setCookie(std::string_view name, std::string_view value, std::chrono::seconds max_age);

/// The Set-Cookie value that makes the browser forget `__Host-<name>`.
std::string clearCookie(std::string_view name);

}  // namespace postato::http
