#pragma once

/// \file
/// One outbound connection, plain or TLS.

#include <Poco/Net/Context.h>
#include <Poco/Net/StreamSocket.h>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "net/url.hpp"

namespace postato::net {

/// TLS settings per host, made once. The host is pinned inside OpenSSL's own verification: Poco's
/// check runs on a handshake it may not have finished (a stalled one passed for the wrong host).
class TlsContexts {
public:
    explicit TlsContexts(std::string ca_file) : ca_file_(std::move(ca_file)) {}
    /// Throws Poco::Exception when the certificate authorities cannot be loaded. Thread-safe.
    Poco::Net::Context::Ptr forHost(const std::string& host);

private:
    std::string ca_file_;
    std::mutex mutex_;
    std::map<std::string, Poco::Net::Context::Ptr> contexts_;
};

class OutboundSocket {
public:
    /// Nothing when the address does not accept in time.
    static std::unique_ptr<OutboundSocket> connect(const Url& url, const std::string& address,
                                                   std::chrono::milliseconds timeout,
                                                   TlsContexts& contexts);

    /// Completes TLS and verifies the certificate; throws Poco::Exception. Does nothing on a plain
    /// one.
    void handshake();
    void sendAll(const std::string& bytes);
    /// 0 at a clean end. Throws Poco::Exception, also on an end without close_notify.
    std::size_t receive(char* buffer, std::size_t size);
    int descriptor() const { return socket_.impl()->sockfd(); }

private:
    OutboundSocket(Poco::Net::StreamSocket socket, bool secure)
        : socket_(std::move(socket)), secure_(secure) {}

    Poco::Net::StreamSocket socket_;
    bool secure_;
};

}  // namespace postato::net
