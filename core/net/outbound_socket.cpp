#include "net/outbound_socket.hpp"

#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/SecureStreamSocketImpl.h>
#include <Poco/Timespan.h>
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace postato::net {
namespace {

using Poco::Net::Context;
using Poco::Net::SecureStreamSocket;

bool isAddress(const std::string& host) {
    unsigned char bytes[16];
    return inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
           inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

}  // namespace

Context::Ptr TlsContexts::forHost(const std::string& host) {
    const std::lock_guard lock(mutex_);
    auto& context = contexts_[host];
    if (context) return context;
    Context::Ptr made = new Context(Context::TLS_CLIENT_USE, "", "", ca_file_,
                                    Context::VERIFY_STRICT, 9, ca_file_.empty());
    made->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    SSL_CTX* ssl = made->sslContext();
    X509_VERIFY_PARAM* parameters = SSL_CTX_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const int pinned = isAddress(host)
                           ? X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str())
                           : X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size());
    if (pinned != 1) throw Poco::Net::SSLException("the host cannot be pinned");
    // OpenSSL's verdict as it is: no callback that could overrule it.
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
    context = made;
    return context;
}

std::unique_ptr<OutboundSocket> OutboundSocket::connect(const Url& url, const std::string& address,
                                                        std::chrono::milliseconds timeout,
                                                        TlsContexts& contexts) {
    const Poco::Timespan wait(timeout.count() * 1000);
    const Poco::Net::SocketAddress peer(address, url.port);
    try {
        if (!url.secure()) {
            Poco::Net::StreamSocket socket;
            socket.connect(peer, wait);
            socket.setNoDelay(true);
            return std::unique_ptr<OutboundSocket>(new OutboundSocket(socket, false));
        }
        SecureStreamSocket socket(contexts.forHost(url.host));
        socket.setLazyHandshake(true);
        socket.setPeerHostName(url.host);
        socket.connect(peer, wait);
        socket.setNoDelay(true);
        return std::unique_ptr<OutboundSocket>(new OutboundSocket(socket, true));
    } catch (const Poco::Net::NetException&) {
        return nullptr;
    } catch (const Poco::TimeoutException&) {
        return nullptr;
    } catch (const Poco::IOException&) {
        return nullptr;
    }
}

void OutboundSocket::handshake() {
    if (!secure_) return;
    SecureStreamSocket socket(socket_);
    if (socket.completeHandshake() <= 0)
        throw Poco::Net::SSLException("the handshake did not complete");
}

void OutboundSocket::sendAll(const std::string& bytes) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const int count =
            socket_.sendBytes(bytes.data() + sent, static_cast<int>(bytes.size() - sent));
        if (count <= 0) throw Poco::Net::NetException("the connection was lost while sending");
        sent += static_cast<std::size_t>(count);
    }
}

std::size_t OutboundSocket::receive(char* buffer, std::size_t size) {
    const int count = socket_.receiveBytes(buffer, static_cast<int>(size));
    if (count < 0) throw Poco::Net::NetException("the connection was lost while receiving");
    return static_cast<std::size_t>(count);
}

}  // namespace postato::net
