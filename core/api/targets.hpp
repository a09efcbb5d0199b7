#pragma once

/// \file
/// Where a browser may be sent after a connect (RFC 9700 4.11): our own pages from a fixed list,
/// and addresses whose origin the operator named. Nothing else is ever put into a Location header.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postato::api {

/// `scheme://host[:port]` of an absolute http or https URL: lower case, default port left out.
/// Nothing for anything odd: user info, a backslash, a blank or control character, no host.
std::optional<std::string> originOf(std::string_view url);

/// A page of ours that a connect may return to; anything that is not exactly one of them is
/// nothing.
std::optional<std::string> returnPath(std::string_view text);

/// Whether a connect link may return to `url`: no fragment, at most 2 KiB, plain ASCII, and its
/// origin is ours or one of those configured.
bool isReturnUrl(std::string_view url, const std::string& public_url,
                 const std::vector<std::string>& return_origins);

using QueryPairs = std::vector<std::pair<std::string_view, std::string>>;

/// `target` with the pairs appended to its query.
std::string withQuery(std::string target, const QueryPairs& pairs);

}  // namespace postato::api
