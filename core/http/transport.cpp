#include "http/transport.hpp"

#include <Poco/Exception.h>
#include <sys/socket.h>

#include <algorithm>

namespace postato::http {
namespace {

// Poco takes lengths as int.
constexpr std::size_t kMostAtOnce = 1 << 20;

/// Poco returns a negative count for "would block" and throws for everything else.
template <class Call>
Transport::Outcome attempt(Call call) {
    try {
        const int count = call();
        if (count > 0) return {Transport::Status::Done, static_cast<std::size_t>(count)};
        return {count < 0 ? Transport::Status::WouldBlock : Transport::Status::Closed};
    } catch (const Poco::Exception&) {
        return {Transport::Status::Closed};  // reset or timed out: the peer is gone either way
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

int PlainTransport::descriptor() const { return socket_.impl()->sockfd(); }

}  // namespace postato::http
