#pragma once

/// \file
/// The HTTP/1.1 server: an event loop owns the sockets, worker threads run the handlers. Only a
/// complete and checked request reaches a handler; only a finished answer comes back.

#include <chrono>
#include <cstdint>
#include <memory>

#include "http/server_options.hpp"
#include "util/clock.hpp"
#include "util/log.hpp"
#include "util/random.hpp"

namespace postato::http {

class Server {
public:
    /// Binds the port; nobody can connect before `start`. Clock, random and logger must outlive the
    /// server. Throws Error{Unavailable} when the address cannot be had, std::invalid_argument for
    /// a trusted proxy that is no address or network.
    Server(ServerOptions options, Handlers handlers, const Clock& clock, Random& random,
           const Logger& logger);
    /// As `stop` with no time to drain.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Listens and starts the threads. Once. Throws Error{Unavailable} when the port went to
    /// another program since.
    void start();

    std::uint16_t port() const;

    /// Accepts nothing more, closes idle connections, lets requests in flight finish for at most
    /// `drain`, then closes what is left, and returns when every handler has returned: a handler
    /// that runs on is waited for, its answer is dropped. Thread-safe; a second call with less time
    /// makes the first one faster.
    void stop(std::chrono::milliseconds drain);

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

/// Raises the soft limit of open descriptors to the hard one and returns what is now allowed; a
/// connection needs one descriptor.
std::uint64_t raiseDescriptorLimit();

}  // namespace postato::http
