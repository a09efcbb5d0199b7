#include "raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

#include "util/encoding.hpp"

namespace postato::http::testing {

RawClient::RawClient() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (socket_ < 0) throw std::runtime_error("no socket");
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      received_(std::move(other.received_)),
      ended_(other.ended_) {}

RawClient::~RawClient() {
    if (socket_ >= 0) ::close(socket_);
}

void RawClient::connect(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("cannot connect");
}

bool RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::optional<ReceivedResponse> RawClient::get(std::string_view path) {
    std::string request = "GET ";
    request.append(path).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
    send(request);
    return read();
}

bool RawClient::readable(std::chrono::milliseconds patience) {
    pollfd wanted{socket_, POLLIN, 0};
    return ::poll(&wanted, 1, static_cast<int>(patience.count())) > 0;
}

bool RawClient::receiveMore(std::chrono::steady_clock::time_point until) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    if (left.count() <= 0 || !readable(left)) return false;
    std::array<char, 65536> bytes;
    const auto count = ::recv(socket_, bytes.data(), bytes.size(), 0);
    ended_ = count <= 0;
    if (!ended_) received_.append(bytes.data(), static_cast<std::size_t>(count));
    return !ended_;
}

std::optional<ReceivedResponse> RawClient::read(bool without_body,
                                                std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    std::size_t head_end = 0;
    while ((head_end = received_.find("\r\n\r\n")) == std::string::npos)
        if (!receiveMore(until)) return std::nullopt;
    ReceivedResponse response;
    response.status = firstStatus(received_);
    std::string_view lines = std::string_view(received_).substr(0, head_end + 2);
    lines.remove_prefix(lines.find("\r\n") + 2);
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find("\r\n"));
        const auto colon = line.find(": ");
        response.headers[toLower(line.substr(0, colon))] = line.substr(colon + 2);
        lines.remove_prefix(line.size() + 2);
    }
    received_.erase(0, head_end + 4);
    const auto length = response.headers.find("content-length");
    if (without_body || length == response.headers.end()) return response;
    const auto body_bytes = std::stoul(length->second);
    while (received_.size() < body_bytes)
        if (!receiveMore(until)) return std::nullopt;
    response.body = received_.substr(0, body_bytes);
    received_.erase(0, body_bytes);
    return response;
}

std::optional<std::string> RawClient::readToEnd(std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (receiveMore(until)) {
    }
    if (!ended_) return std::nullopt;
    return std::exchange(received_, {});
}

void RawClient::finishSending() { ::shutdown(socket_, SHUT_WR); }

void RawClient::reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(std::exchange(socket_, -1));
}

void RawClient::shrinkReceiveBuffer() {
    const int bytes = 4096;
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

std::size_t countResponses(std::string_view bytes) {
    std::size_t count = 0;
    for (auto at = bytes.find("HTTP/1.1 "); at != std::string_view::npos;
         at = bytes.find("HTTP/1.1 ", at + 1))
        count += firstStatus(bytes.substr(at)) != 0 ? 1 : 0;
    return count;
}

int firstStatus(std::string_view bytes) {
    if (!bytes.starts_with("HTTP/1.1 ")) return 0;
    int status = 0;
    std::from_chars(bytes.data() + 9, bytes.data() + bytes.size(), status);
    return status;
}

}  // namespace postato::http::testing
