#include "server.hpp"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <istream>
#include <ostream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "sandbox.hpp"

namespace postato::sandbox {
namespace {

namespace net = Poco::Net;
using std::chrono::milliseconds, std::chrono::steady_clock;

constexpr int kThreads = 256;
constexpr std::size_t kMostBody = 1 << 20;
constexpr milliseconds kGlance{20};  // how often a waiting call looks at its client and at stop

/// Reads at most kMostBody bytes; absent when there is more.
std::optional<std::string> readBody(std::istream& in) {
    std::string body;
    char buffer[8192];
    while (in.read(buffer, sizeof buffer) || in.gcount() > 0) {
        body.append(buffer, static_cast<std::size_t>(in.gcount()));
        if (body.size() > kMostBody) return std::nullopt;
    }
    return body;
}

bool clientGone(const net::StreamSocket& socket) {
    pollfd watched{socket.impl()->sockfd(), POLLRDHUP, 0};
    return ::poll(&watched, 1, 0) != 0;
}

/// Head and body as they stand on the wire.
std::string headOf(const Response& response, std::size_t length) {
    std::string out = "HTTP/1.1 " + std::to_string(response.status) + " " +
                      net::HTTPResponse::getReasonForStatus(
                          static_cast<net::HTTPResponse::HTTPStatus>(response.status)) +
                      "\r\n";
    for (const auto& [name, value] : response.headers) out += name + ": " + value + "\r\n";
    return out + "Content-Length: " + std::to_string(length) + "\r\nConnection: close\r\n\r\n";
}

void sendAll(net::StreamSocket& socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const int sent = socket.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

class Handler final : public net::HTTPRequestHandler {
public:
    Handler(Sandbox& sandbox, const std::atomic<bool>& stopping)
        : sandbox_(sandbox), stopping_(stopping) {}

    void handleRequest(net::HTTPServerRequest& request, net::HTTPServerResponse& out) override {
        // The whole body is read before anything else: what stays unread would be taken for the
        // next request.
        auto body = readBody(request.stream());
        if (!body) {
            send(out, Response::empty(413));
            return;
        }
        Headers headers;
        for (const auto& [name, value] : request) headers.emplace_back(name, value);
        auto& socket = dynamic_cast<net::HTTPServerRequestImpl&>(request).socket();
        const auto delivery = sandbox_.serve(makeRequest(request.getMethod(), request.getURI(),
                                                         std::move(headers), std::move(*body)),
                                             [&](milliseconds time) { return wait(time, socket); });
        if (delivery.wire == Wire::Whole) {
            send(out, delivery.response);
        } else {
            auto bare = dynamic_cast<net::HTTPServerRequestImpl&>(request).detachSocket();
            sendSpoilt(bare, delivery);
        }
    }

private:
    static void send(net::HTTPServerResponse& out, const Response& response) {
        out.setStatusAndReason(static_cast<net::HTTPResponse::HTTPStatus>(response.status));
        for (const auto& [name, value] : response.headers) out.add(name, value);
        out.setContentLength64(static_cast<Poco::Int64>(response.body.size()));
        out.send().write(response.body.data(), static_cast<std::streamsize>(response.body.size()));
    }

    void sendSpoilt(net::StreamSocket& socket, const Delivery& delivery) const {
        const auto& body = delivery.response.body;
        try {
            if (delivery.wire == Wire::Reset) {
                socket.setLinger(true, 0);  // close then sends RST
            } else if (delivery.wire == Wire::Truncated) {
                sendAll(socket, headOf(delivery.response, body.size()));
                sendAll(socket, std::string_view(body).substr(0, body.size() / 2));
            } else if (delivery.wire == Wire::Dripping) {
                sendAll(socket, headOf(delivery.response, body.size()));
                for (const char& byte : body) {
                    if (!wait(milliseconds(delivery.drip_ms), socket)) break;
                    sendAll(socket, {&byte, 1});
                }
            }
        } catch (const Poco::Exception&) {
            // The client has hung up on a spoilt answer, as it should.
        }
        socket.close();
    }

    bool wait(milliseconds time, const net::StreamSocket& socket) const {
        const auto end = steady_clock::now() + time;
        while (steady_clock::now() < end) {
            if (stopping_ || clientGone(socket)) return false;
            const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
            std::this_thread::sleep_for(std::min(kGlance, left + milliseconds(1)));
        }
        return !stopping_ && !clientGone(socket);
    }

    Sandbox& sandbox_;
    const std::atomic<bool>& stopping_;
};

class Factory final : public net::HTTPRequestHandlerFactory {
public:
    Factory(Sandbox& sandbox, const std::atomic<bool>& stopping)
        : sandbox_(sandbox), stopping_(stopping) {}

    net::HTTPRequestHandler* createRequestHandler(const net::HTTPServerRequest&) override {
        return new Handler(sandbox_, stopping_);  // Poco deletes it
    }

private:
    Sandbox& sandbox_;
    const std::atomic<bool>& stopping_;
};

net::ServerSocket listenOn(const std::string& address, std::uint16_t port) {
    net::ServerSocket socket;
    socket.bind(net::SocketAddress(address, port), true, false);
    socket.listen(1024);
    return socket;
}

/// The same port on ::1; absent when the machine has no IPv6, an error when somebody else is
/// there and would answer half of the clients that ask for `localhost`.
std::optional<net::ServerSocket> listenOnV6Too(std::uint16_t port) {
    try {
        net::ServerSocket socket;
        socket.bind6(net::SocketAddress("::1", port), true, false, true);
        socket.listen(1024);
        return socket;
    } catch (const net::NetException& problem) {
        if (problem.code() == EADDRINUSE) throw;
        return std::nullopt;
    }
}

std::vector<net::ServerSocket> listenEverywhere(const std::string& host, std::uint16_t port) {
    if (host == "::1") return {listenOn(host, port)};
    constexpr int kTries = 10;  // for a free port that is free on both addresses
    for (int tries = 1;; ++tries) {
        auto v4 = listenOn("127.0.0.1", port);
        try {
            auto v6 = listenOnV6Too(v4.address().port());
            if (v6) return {v4, *v6};
            return {v4};
        } catch (const net::NetException&) {
            if (port != 0 || tries == kTries) throw;
        }
    }
}

}  // namespace

struct Server::Parts {
    Sandbox sandbox;
    std::atomic<bool> stopping{false};
    Poco::ThreadPool threads{8, kThreads, 60};
    std::uint16_t port = 0;
    std::vector<std::unique_ptr<net::HTTPServer>> servers;
};

Server::Server(const std::string& host, std::uint16_t port) : parts_(std::make_unique<Parts>()) {
    if (host != "127.0.0.1" && host != "localhost" && host != "::1") {
        throw std::runtime_error(
            "The sandbox listens on loopback only: 127.0.0.1, localhost or "
            "::1, not \"" +
            host + "\".");
    }
    try {
        for (const auto& socket : listenEverywhere(host, port)) {
            parts_->port = socket.address().port();
            Poco::AutoPtr<net::HTTPServerParams> params = new net::HTTPServerParams;
            params->setKeepAlive(false);  // an idle connection would hold a thread
            params->setMaxThreads(kThreads);
            params->setMaxQueued(1024);
            params->setTimeout(Poco::Timespan(30, 0));
            parts_->servers.push_back(std::make_unique<net::HTTPServer>(
                new Factory(parts_->sandbox, parts_->stopping), parts_->threads, socket, params));
            parts_->servers.back()->start();
        }
    } catch (const Poco::Exception& problem) {
        throw std::runtime_error("Cannot listen on port " + std::to_string(port) + " of " + host +
                                 ": " + problem.displayText());
    }
}

Server::~Server() {
    parts_->stopping = true;
    parts_->sandbox.releaseAll();
    for (const auto& server : parts_->servers) server->stopAll(true);
    parts_->threads.joinAll();
}

std::uint16_t Server::port() const { return parts_->port; }

std::string Server::url() const { return "http://localhost:" + std::to_string(port()); }

}  // namespace postato::sandbox
