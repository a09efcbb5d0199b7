#pragma once

/// \file
/// How the HTTP server is set up: its numbers, and the functions it calls.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "http/raw_head.hpp"

namespace postato::http {

/// Absolute, from the start of each phase: a client that sends a byte now and then gains nothing.
struct Deadlines {
    std::chrono::milliseconds head{10'000};
    /// For the body the time grows by what arrives: a second for each `minimum_bytes_per_second`.
    std::chrono::milliseconds body{10'000};
    std::size_t minimum_bytes_per_second = 8 * 1024;  ///< more than 0
    std::chrono::milliseconds write{10'000};
    /// Between requests. From half of `max_connections` on it shrinks, down to `idle_under_load`.
    std::chrono::milliseconds idle{15'000};
    std::chrono::milliseconds idle_under_load{1'000};
    /// How long a closing connection still reads, so that the client gets to see the answer.
    std::chrono::milliseconds linger{2'000};
};

struct ServerOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;  ///< 0: any free one, see Server::port

    std::size_t workers = 8;            ///< threads of Lane::Fast
    std::size_t outbound_workers = 16;  ///< threads of Lane::Outbound; half of them per group
    std::size_t hashing_workers = 2;    ///< threads of Lane::Hashing
    std::size_t queue = 128;  ///< requests waiting per lane; one more is answered with 503

    HeadLimits head;
    std::size_t body_bytes = 256 * 1024;  ///< where Handlers::body_limit says nothing else
    Deadlines deadlines;

    std::size_t max_connections = 8192;
    /// Per client address, or /64 network of IPv6. Trusted proxies are exempt, and so is loopback
    /// unless told otherwise: a peer there is a proxy or the operator.
    std::size_t max_connections_per_address = 512;
    bool limit_loopback = false;

    /// Addresses and networks (not names) whose X-Forwarded-For is believed. None by default.
    std::vector<std::string> trusted_proxies;
};

enum class Lane {
    Fast = 1,  ///< answers from memory or the database
    Outbound,  ///< waits for a platform; a slow platform must not stop the rest
    Hashing    ///< computes a password's hash, which takes processor and memory
};

/// Which threads run an exchange, and what it may have to wait for.
struct Placement {
    Lane lane = Lane::Fast;
    /// Exchanges of one group wait for the same thing; see WorkerLane.
    std::string group = {};
};

/// One line of the access log. Real paths and queries carry codes and link secrets, so they are
/// not even here.
struct RequestSummary {
    /// `other` when it is none that we know; empty when the request was refused before it came.
    std::string method;
    std::string route;  ///< Response::route_template
    int status = 0;
    std::chrono::microseconds duration{0};  ///< from the complete request to the finished answer
    std::string request_id;
};

/// All are called from several threads at once, so they must be thread-safe. Only `handle` must be
/// set, and only `handle` may take its time.
struct Handlers {
    /// On a worker thread. May throw: Error becomes its envelope, anything else a 500.
    std::function<Response(const Request&)> handle;
    /// On the event loop, before a worker is looked for: for answers that must come even when all
    /// workers are busy. Nothing: `handle` answers.
    std::function<std::optional<Response>(const Request&)> handle_inline;
    /// Lane::Fast when not set.
    std::function<Placement(std::string_view method, std::string_view path)> place;
    std::function<std::size_t(std::string_view method, std::string_view path)> body_limit;
    std::function<void(const RequestSummary&)> access_log;
};

}  // namespace postato::http
