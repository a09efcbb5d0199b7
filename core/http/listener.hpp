#pragma once

/// \file
/// The listening socket.

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>

#include <cstdint>
#include <string>

namespace postato::http {

class Listener {
public:
    /// Binds and listens. Throws Error{Unavailable} that names address and cause. The port is ours
    /// alone: no SO_REUSEPORT.
    Listener(const std::string& host, std::uint16_t port);

    struct Accepted {
        enum class Status {
            Connection = 1,
            Nobody,    ///< nobody is waiting
            Exhausted  ///< no descriptor or memory left: try again later
        };
        Status status;
        Poco::Net::StreamSocket socket;
        std::string peer;  ///< canonical address
    };

    /// Never blocks.
    Accepted accept();

    std::uint16_t port() const { return port_; }
    int descriptor() const { return socket_.impl()->sockfd(); }
    void close() { socket_.close(); }

private:
    Poco::Net::ServerSocket socket_;
    std::uint16_t port_ = 0;
};

}  // namespace postato::http
