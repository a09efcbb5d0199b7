#pragma once

/// \file
/// What travels between the event loop and the workers.

#include <chrono>
#include <cstdint>
#include <string>

#include "http/message.hpp"

namespace postato::http {

/// Names a connection for as long as the server lives; never used twice, unlike a descriptor.
using ConnectionId = std::uint64_t;

/// A request on its way to its handler.
struct Exchange {
    ConnectionId connection = 0;
    Request request;
    bool keep_alive = true;  ///< the client's wish
    bool http_1_0 = false;
    std::chrono::steady_clock::time_point received;
};

/// An answer on its way to the socket.
struct Answer {
    std::string bytes;   ///< head and body
    bool close = false;  ///< the head says so, too
};

}  // namespace postato::http
