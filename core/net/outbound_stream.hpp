#pragma once

/// \file
/// One connection for one request: plain or TLS, bounded by one deadline.

#include <Poco/Net/StreamSocket.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "net/tls_contexts.hpp"
#include "net/url.hpp"
#include "util/watchdog.hpp"

namespace postato::net {

/// Where and why a connection failed. The text is for an administrator.
class StreamError : public std::runtime_error {
public:
    StreamError(std::string code, const std::string& text)
        : std::runtime_error(text), code_(std::move(code)) {}
    /// `connect_failed`, `tls_failed` or `connection_lost`.
    const std::string& code() const noexcept { return code_; }

private:
    std::string code_;
};

/// After any error the object is only good for destruction: a TLS session that failed a check must
/// never carry a request.
class OutboundStream {
public:
    struct Limits {
        std::chrono::milliseconds connect_timeout;  ///< for each address
        Watchdog::Deadline deadline;                ///< for everything
    };

    /// Connects to the first of `addresses` that accepts, and completes the TLS handshake for
    /// https. Not a byte of any request has left when this throws StreamError.
    OutboundStream(const Url& url, const std::vector<std::string>& addresses, TlsContexts& tls,
                   Watchdog& watchdog, const Limits& limits);

    void send(std::string_view bytes);

    /// Some bytes, or none when the peer has closed in an orderly way (with close_notify on TLS).
    std::string_view receive();

private:
    void connect(const Url& url, const std::string& address, TlsContexts& tls,
                 const Limits& limits);

    Poco::Net::StreamSocket socket_;
    std::unique_ptr<Watchdog::Guard> guard_;
    std::vector<char> buffer_;
};

}  // namespace postato::net
