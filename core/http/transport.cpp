#include "http/transport.hpp"

#include <Poco/Exception.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace postato::http {
namespace {

// Poco takes lengths as int.
constexpr std::size_t kMostAtOnce = 1 << 20;

/// Poco says "would block" by a negative count when receiving, by an exception when sending.
template <class Call>
Transport::Outcome attempt(Call call) {
    try {
        const int count = call();
        if (count > 0) return {Transport::Status::Done, static_cast<std::size_t>(count)};
        return {count < 0 ? Transport::Status::WouldBlock : Transport::Status::Closed};
    } catch (const Poco::Exception& problem) {
        // Anything else means that the peer is gone: reset, timed out, unreachable.
        const bool full = problem.code() == EAGAIN;
        return {full ? Transport::Status::WouldBlock : Transport::Status::Closed};
    }
}

}  // namespace

PlainTransport::PlainTransport(const Poco::Net::StreamSocket& socket) : socket_(socket) {
    socket_.setBlocking(false);
    socket_.setNoDelay(true);
}

PlainTransport::~PlainTransport() { socket_.close(); }

Transport::Outcome PlainTransport::receive(std::span<char> into) {
    return attempt([&] {
        return socket_.receiveBytes(into.data(),
                                    static_cast<int>(std::min(into.size(), kMostAtOnce)));
    });
}

Transport::Outcome PlainTransport::send(std::string_view bytes) {
    return attempt([&] {
        return socket_.sendBytes(
            bytes.data(), static_cast<int>(std::min(bytes.size(), kMostAtOnce)), MSG_NOSIGNAL);
    });
}

void PlainTransport::finishSending() {
    try {
        socket_.shutdownSend();
    } catch (const Poco::Exception&) {
        // The peer was faster; the next receive says so.
    }
}

void PlainTransport::forgetUnsent() {
    try {
        socket_.setLinger(true, 0);
    } catch (const Poco::Exception&) {
        // Only a connection that is gone refuses this.
    }
}

int PlainTransport::descriptor() const { return socket_.impl()->sockfd(); }

}  // namespace postato::http
