#pragma once

/// \file
/// The bytes of one connection, without blocking. This is where TLS would be added: nothing above
/// knows what a socket is.

#include <Poco/Net/StreamSocket.h>

#include <cstddef>
#include <span>
#include <string_view>

namespace postato::http {

class Transport {
public:
    enum class Status {
        Done = 1,
        WouldBlock,  ///< try again after the next readiness event, whichever it is
        Closed       ///< the peer has finished sending (receive) or the connection is lost
    };
    struct Outcome {
        Status status;
        std::size_t bytes = 0;  ///< more than 0 when Done
    };

    virtual ~Transport() = default;
    virtual Outcome receive(std::span<char> into) = 0;
    virtual Outcome send(std::string_view bytes) = 0;
    /// Tells the peer that nothing more will be sent; receiving goes on.
    virtual void finishSending() = 0;
    /// Makes the coming close a reset, so that bytes which the peer does not take are forgotten
    /// instead of being kept for it by the kernel.
    virtual void forgetUnsent() = 0;
    /// For the event loop to wait on.
    virtual int descriptor() const = 0;
};

class PlainTransport final : public Transport {
public:
    /// The socket is switched to non-blocking and closed with this object.
    explicit PlainTransport(const Poco::Net::StreamSocket& socket);
    ~PlainTransport() override;
    PlainTransport(const PlainTransport&) = delete;
    PlainTransport& operator=(const PlainTransport&) = delete;

    Outcome receive(std::span<char> into) override;
    Outcome send(std::string_view bytes) override;
    void finishSending() override;
    void forgetUnsent() override;
    int descriptor() const override;

private:
    Poco::Net::StreamSocket socket_;
};

}  // namespace postato::http
