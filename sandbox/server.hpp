#pragma once

// The sandbox on a loopback port. Poco reads the requests; spoilt answers are written byte by byte
// to the bare socket.

#include <cstdint>
#include <memory>
#include <string>

namespace postato::sandbox {

class Server {
public:
    /// Listens on `port` (0: a free one) of the loopback address `host`; for 127.0.0.1 and
    /// localhost also on ::1 where the machine has it, so that `localhost` always means us.
    /// Throws std::runtime_error with a sentence when it cannot.
    Server(const std::string& host, std::uint16_t port);
    /// Stops; calls under way are let go first.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const;
    std::string url() const;  // http://localhost:PORT

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace postato::sandbox
