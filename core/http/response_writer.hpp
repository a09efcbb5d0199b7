#pragma once

/// \file
/// The bytes of a response.

#include <string>
#include <string_view>

#include "http/message.hpp"
#include "util/clock.hpp"

namespace postato::http {

struct WireFacts {
    std::string_view request_id;
    TimePoint now;           ///< for the Date field
    bool head_only = false;  ///< the answer to HEAD: the fields of GET, and no body
    bool close = false;
    bool http_1_0 = false;  ///< the client must be told that the connection stays
};

/// Head and body in one string, so that one send suffices.
std::string writeResponse(const Response& response, const WireFacts& facts);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7).
std::string httpDate(TimePoint at);

}  // namespace postato::http
