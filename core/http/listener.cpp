#include "http/listener.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>

#include "http/client_address.hpp"
#include "util/error.hpp"

namespace postato::http {
namespace {

constexpr int kBacklog = 1024;

}  // namespace

template <class Call>
void Listener::attempt(Call call) {
    try {
        call();
    } catch (const Poco::Exception& problem) {
        throw Error(ErrorCode::Unavailable,
                    PublicMessage{"Cannot listen on " + place_ + ": " + problem.displayText()});
    }
}

void Listener::listen() {
    attempt([&] { socket_.listen(kBacklog); });
}

Listener::Listener(const std::string& host, std::uint16_t port)
    : place_(host + " port " + std::to_string(port)) {
    attempt([&] {
        socket_.bind(Poco::Net::SocketAddress(host, port), true, false);
        socket_.setBlocking(false);
        port_ = socket_.address().port();
    });
    // Programs that this process starts must not keep the port.
    ::fcntl(descriptor(), F_SETFD, FD_CLOEXEC);
}

Listener::Accepted Listener::accept() {
    while (true) {
        sockaddr_storage storage{};
        socklen_t length = sizeof storage;
        const int accepted = ::accept4(descriptor(), reinterpret_cast<sockaddr*>(&storage), &length,
                                       SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted >= 0)
            return {Accepted::Status::Connection,
                    Poco::Net::StreamSocket(new Poco::Net::StreamSocketImpl(accepted)),
                    canonicalAddress(storage)};
        switch (errno) {
            case EMFILE:
            case ENFILE:
            case ENOBUFS:
            case ENOMEM:
                return {Accepted::Status::Exhausted, {}, {}};
            case EAGAIN:
                return {Accepted::Status::Nobody, {}, {}};
            default:
                break;  // this client has gone already (accept(2)); the next one may be there
        }
    }
}

}  // namespace postato::http
