#pragma once

/// \file
/// Text forms of OAuth requests: percent-encoding, forms, URLs, Basic credentials.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "postato/sdk/oauth.hpp"

namespace postato::oauth2 {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// RFC 3986 2.1: everything but unreserved characters becomes %XX. Space becomes %20, which form
/// decoders read as well as '+'.
std::string percentEncode(std::string_view text);

/// `a=1&b=2`, names and values encoded, in the order given.
std::string formEncode(const Parameters& parameters);

/// The URL with the parameters added to whatever query it already has.
std::string withQuery(const std::string& url, const Parameters& parameters);

/// The value of an `Authorization` header (RFC 6749 2.3.1: both halves are form-encoded first).
std::string basicAuthorization(std::string_view client_id, std::string_view client_secret);

/// The first value of a name, or nullptr.
const std::string* findParameter(const Parameters& parameters, std::string_view name);

}  // namespace postato::oauth2
