#pragma once

/// \file
/// From a request to the bytes of its answer: calls the handler, turns whatever it throws into an
/// envelope, and tells the access log. The last resort of every failure (HTP-08).

#include <atomic>
#include <optional>
#include <string>

#include "http/exchange.hpp"
#include "http/server_options.hpp"
#include "util/clock.hpp"
#include "util/log.hpp"
#include "util/random.hpp"

namespace postato::http {

/// Thread-safe. The references must outlive it.
class Responder {
public:
    Responder(const Handlers& handlers, const Clock& clock, Random& random, const Logger& logger)
        : handlers_(handlers), clock_(clock), random_(random), logger_(logger) {}

    /// "req_" + ULID.
    std::string makeRequestId() const;

    /// Calls `handle`.
    Answer respond(const Exchange& exchange) const;
    /// Calls `handle_inline`; nothing when that has no answer.
    std::optional<Answer> respondInline(const Exchange& exchange) const;
    /// 503, without any handler; the connection stays usable.
    Answer shed(const Exchange& exchange) const;
    /// An answer to what could not become a request; always closes. `partial` holds what is known.
    Answer refuse(int status, const Request& partial) const;

    /// From now on every answer closes its connection.
    void closeConnections() { closing_ = true; }

private:
    Response failed(const Request& request) const;
    Answer finish(const Exchange& exchange, const Response& response) const;
    void summarise(const Exchange& exchange, const Response& response) const;

    const Handlers& handlers_;
    const Clock& clock_;
    Random& random_;
    const Logger& logger_;
    std::atomic<bool> closing_{false};
};

}  // namespace postato::http
