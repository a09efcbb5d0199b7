#pragma once

/// \file
/// An HTTP/1.1 request as bytes.

#include <optional>
#include <string>

#include "net/url.hpp"
#include "postato/sdk/http.hpp"
#include "postato/sdk/secret.hpp"

namespace postato::net {

/// Why the request cannot be sent as it is, or nothing: a method or header that is not one, a value
/// with control characters (it could smuggle headers), or a header that only the host may set.
std::optional<std::string> requestProblem(const sdk::HttpRequest& request);

/// The bytes to send; they hold whatever secrets the request does. For a request without problem.
sdk::Secret requestText(const sdk::HttpRequest& request, const Url& url,
                        const std::string& user_agent);

}  // namespace postato::net
