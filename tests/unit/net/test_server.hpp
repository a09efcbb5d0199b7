#pragma once

/// \file
/// A server on a loopback port that behaves as badly as a test asks it to.

#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "certificates.hpp"

namespace postato::net_tests {

/// The server's end of one connection.
class Peer {
public:
    Peer(int socket, SSL_CTX* tls);
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    bool handshake();  ///< true at once without TLS
    /// Head and, where a Content-Length says so, body of the next request; what came until the end.
    std::string readRequest();
    bool write(std::string_view bytes);  ///< false once the client is gone
    void close();                        ///< orderly: close_notify and FIN
    void cut();                          ///< FIN without close_notify
    void reset();                        ///< RST
    /// Does nothing for that long: slowness is what some tests are about.
    static void dawdle(std::chrono::milliseconds pause) { std::this_thread::sleep_for(pause); }
    /// Blocks until the client ends the connection.
    void waitForClient();

private:
    int read(char* buffer, std::size_t size);

    int socket_;
    SSL* tls_ = nullptr;
};

/// Serves each connection with the script, on a thread of its own. Stopping it ends every
/// connection that is still open.
class TestServer {
public:
    using Script = std::function<void(Peer&)>;

    explicit TestServer(Script script);  ///< plain HTTP
    /// TLS; the script begins with handshake().
    TestServer(const Identity& identity, Script script, int newest_tls = TLS1_3_VERSION);
    ~TestServer();
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    std::uint16_t port() const { return port_; }
    int connections() const { return connections_; }

private:
    TestServer(SSL_CTX* tls, Script script);
    void run();
    void serve(int socket);

    Script script_;
    SSL_CTX* tls_ = nullptr;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_{0};
    std::vector<int> sockets_;  ///< duplicates, to end what a script waits for
    std::vector<std::thread> workers_;
    std::thread thread_;
};

/// Handshake, one request, these bytes, orderly close.
TestServer::Script answering(std::string bytes);

}  // namespace postato::net_tests
