#pragma once

/// \file
/// Reads one HTTP/1.1 answer to its end.

#include <cstddef>
#include <optional>

#include "net/outbound_socket.hpp"
#include "postato/sdk/http.hpp"

namespace postato::net {

/// An answer that may not be used: `code` says why (`answer_too_large`, `malformed_answer`).
struct ResponseRefused {
    const char* code;
};

/// Nothing when the connection ended before the answer was complete: Content-Length not reached,
/// last chunk not seen. Interim answers (1xx) are passed over. Throws ResponseRefused,
/// Poco::Exception.
std::optional<sdk::HttpResponse> readResponse(OutboundSocket& socket, std::size_t max_head,
                                              std::size_t max_body);

}  // namespace postato::net
