#include "test_server.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <stdexcept>

namespace postato::net_tests {

Peer::Peer(int socket, SSL_CTX* tls) : socket_(socket) {
    if (tls == nullptr) return;
    tls_ = SSL_new(tls);
    SSL_set_fd(tls_, socket_);
}

Peer::~Peer() {
    SSL_free(tls_);  // sends nothing: the script said how the connection ends
    if (socket_ >= 0) ::close(socket_);
}

bool Peer::handshake() { return tls_ == nullptr || SSL_accept(tls_) == 1; }

int Peer::read(char* buffer, std::size_t size) {
    if (tls_ != nullptr) return SSL_read(tls_, buffer, static_cast<int>(size));
    return static_cast<int>(::recv(socket_, buffer, size, 0));
}

std::string Peer::readRequest() {
    std::string request;
    std::size_t wanted = std::string::npos;
    std::array<char, 4096> buffer{};
    while (request.size() < wanted) {
        const int count = read(buffer.data(), buffer.size());
        if (count <= 0) break;
        request.append(buffer.data(), static_cast<std::size_t>(count));
        const auto head_end = request.find("\r\n\r\n");
        if (head_end == std::string::npos) continue;
        std::size_t body = 0;
        if (const auto at = request.find("Content-Length: "); at < head_end)
            std::from_chars(request.data() + at + 16, request.data() + head_end, body);
        wanted = head_end + 4 + body;
    }
    return request;
}

bool Peer::write(std::string_view bytes) {
    if (bytes.empty()) return true;
    if (tls_ != nullptr) return SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())) > 0;
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
}

void Peer::close() {
    if (tls_ != nullptr) SSL_shutdown(tls_);
    ::shutdown(socket_, SHUT_WR);
}

void Peer::cut() { ::shutdown(socket_, SHUT_WR); }

void Peer::reset() {
    // Dissolving the association sends RST at once, also while a duplicate descriptor is open.
    sockaddr nowhere{};
    nowhere.sa_family = AF_UNSPEC;
    ::connect(socket_, &nowhere, sizeof nowhere);
}

void Peer::waitForClient() {
    std::array<char, 4096> buffer{};
    while (::recv(socket_, buffer.data(), buffer.size(), 0) > 0) {
    }
}

namespace {

SSL_CTX* makeContext(const Identity& identity, int newest_tls) {
    SSL_CTX* const tls = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_security_level(tls, 0);  // so that it can offer what a client must refuse
    SSL_CTX_set_min_proto_version(tls, 0);
    SSL_CTX_set_max_proto_version(tls, newest_tls);
    SSL_CTX_use_certificate(tls, identity.certificate.get());
    SSL_CTX_use_PrivateKey(tls, identity.key.get());
    return tls;
}

}  // namespace

TestServer::TestServer(Script script)
    : TestServer(static_cast<SSL_CTX*>(nullptr), std::move(script)) {}

TestServer::TestServer(const Identity& identity, Script script, int newest_tls)
    : TestServer(makeContext(identity, newest_tls), std::move(script)) {}

TestServer::TestServer(SSL_CTX* tls, Script script) : script_(std::move(script)), tls_(tls) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (::bind(listener_, any, size) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, any, &size) != 0)
        throw std::runtime_error("the test server has no port");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
}

TestServer::~TestServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    for (auto& worker : workers_) worker.join();
    for (const int socket : sockets_) ::close(socket);
    ::close(listener_);
    SSL_CTX_free(tls_);
}

void TestServer::run() {
    for (;;) {
        const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) return;
        ++connections_;
        sockets_.push_back(::dup(socket));
        workers_.emplace_back([this, socket] { serve(socket); });
    }
}

void TestServer::serve(int socket) {
    Peer peer(socket, tls_);
    script_(peer);
}

TestServer::Script answering(std::string bytes) {
    return [bytes = std::move(bytes)](Peer& peer) {
        if (!peer.handshake()) return;
        peer.readRequest();
        peer.write(bytes);
        peer.close();
    };
}

}  // namespace postato::net_tests
