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
    /// Binds. Throws Error{Unavailable} that names address and cause. The port is ours alone: no
    /// SO_REUSEPORT.
    Listener(const std::string& host, std::uint16_t port);

    /// Until then connections are refused. Throws as the constructor does: two programs may bind a
    /// port, one can listen.
    void listen();

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
    template <class Call>
    void attempt(Call call);

    const std::string place_;  ///< for messages
    Poco::Net::ServerSocket socket_;
    std::uint16_t port_ = 0;
};

}  // namespace postato::http
