#include "net/outbound_stream.hpp"

#include <Poco/Net/IPAddress.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Timespan.h>

#include <algorithm>
#include <system_error>

namespace postato::net {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;

Poco::Timespan connectTime(const OutboundStream::Limits& limits) {
    const auto left = duration_cast<microseconds>(limits.deadline - steady_clock::now());
    const auto time = std::min<microseconds>(left, limits.connect_timeout);
    return std::max(time, microseconds(1)).count();
}

bool isOver(const OutboundStream::Limits& limits) { return steady_clock::now() >= limits.deadline; }

}  // namespace

OutboundStream::OutboundStream(const Url& url, const std::vector<std::string>& addresses,
                               TlsContexts& tls, Watchdog& watchdog, const Limits& limits)
    : buffer_(16 * 1024) {
    std::string problem = "no address accepted the connection";
    bool connected = false;
    for (const auto& address : addresses) {
        if (connected || isOver(limits)) break;
        try {
            connect(url, address, tls, limits);
            connected = true;
        } catch (const Poco::Exception& error) {
            problem = error.displayText();
        }
    }
    if (!connected) throw StreamError("connect_failed", problem);

    try {
        guard_ =
            std::make_unique<Watchdog::Guard>(watchdog, socket_.impl()->sockfd(), limits.deadline);
    } catch (const std::system_error& error) {  // no file descriptor left
        throw StreamError("connect_failed", error.what());
    }
    if (!url.secure()) return;
    try {
        Poco::Net::SecureStreamSocket secure(socket_);
        // A peer that closes in the middle of it makes Poco return, not throw.
        if (secure.completeHandshake() != 1)
            throw StreamError("tls_failed", "the peer ended the handshake");
    } catch (const Poco::Exception& error) {
        throw StreamError("tls_failed", error.displayText());
    }
}

void OutboundStream::connect(const Url& url, const std::string& address, TlsContexts& tls,
                             const Limits& limits) {
    const Poco::Net::SocketAddress target(Poco::Net::IPAddress(address), url.port);
    if (url.secure()) {
        Poco::Net::SecureStreamSocket secure(tls.forHost(url.host));
        secure.setPeerHostName(url.host);
        // The handshake inside connect() would accept a peer that stalls it; see TlsContexts.
        secure.setLazyHandshake(true);
        secure.connect(target, connectTime(limits));
        socket_ = secure;
    } else {
        socket_ = Poco::Net::StreamSocket();
        socket_.connect(target, connectTime(limits));
    }
}

void OutboundStream::send(std::string_view bytes) {
    try {
        while (!bytes.empty()) {
            const int sent = socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
            if (sent <= 0) throw StreamError("connection_lost", "the connection ended");
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    } catch (const Poco::Exception& error) {
        throw StreamError("connection_lost", error.displayText());
    }
}

std::string_view OutboundStream::receive() {
    try {
        const int count = socket_.receiveBytes(buffer_.data(), static_cast<int>(buffer_.size()));
        return {buffer_.data(), static_cast<std::size_t>(std::max(count, 0))};
    } catch (const Poco::Exception& error) {
        throw StreamError("connection_lost", error.displayText());
    }
}

}  // namespace postato::net
