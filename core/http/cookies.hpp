#pragma once

/// \file
/// Cookies (RFC 6265). Ours are all of one kind: sent over TLS only (browsers count loopback as
/// such), bound to this host by the `__Host-` prefix, out of reach of scripts, and not sent along
/// with another site's requests.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace postato::http {

/// The value of `__Host-<name>` in a Cookie header (RFC 6265 5.4). Nothing when `header` is null,
/// or when the name is absent, stands there twice, or has a value that no cookie of ours can have:
/// two readers could take it for two people. What the neighbours' cookies look like is not ours to
/// judge.
std::optional<std::string> cookie(const std::string* header, std::string_view name);

/// The value of a Set-Cookie header for `__Host-<name>`. Throws Error{Internal} when name or value
/// hold anything that a cookie cannot (values are base64url or hex here).
std::string setCookie(std::string_view name, std::string_view value, std::chrono::seconds max_age);

/// The Set-Cookie value that makes the browser forget `__Host-<name>`.
std::string clearCookie(std::string_view name);

}  // namespace postato::http
