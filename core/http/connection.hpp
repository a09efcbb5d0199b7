#pragma once

/// \file
/// One client: reads requests one after the other, hands each over, writes its answer, closes. A
/// state machine over a non-blocking transport; it owns no thread and waits for nothing.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "http/exchange.hpp"
#include "http/request_parser.hpp"
#include "http/server_options.hpp"
#include "http/transport.hpp"

namespace postato::http {

class Connection;

/// What a connection asks of the event loop.
class ConnectionOwner {
public:
    virtual std::size_t bodyLimit(const Request& head) = 0;
    /// Takes the request over; `Connection::answer` follows, at once or later.
    virtual void dispatch(Connection& connection, Exchange exchange) = 0;
    /// The answer to a request that is refused unread.
    virtual Answer refuse(int status, const Request& partial) = 0;

protected:
    ~ConnectionOwner() = default;
};

/// Used by the event loop's thread only.
class Connection {
public:
    enum class State {
        Idle = 1,   ///< between requests, nothing received
        Head,       ///< a request has begun
        Body,       ///< its head is known
        Busy,       ///< its handler has it; nothing is read meanwhile
        Writing,    ///< an answer is on its way
        Lingering,  ///< answered for the last time; reading until the client has closed
        Closed
    };
    enum class Next {
        Wait = 1,  ///< nothing to do until the transport is ready, or an answer comes
        Again      ///< there is more to do; others get their turn first
    };

    Connection(ConnectionId id, std::unique_ptr<Transport> transport, std::string peer,
               const ServerOptions& options, ConnectionOwner& owner);

    /// Does what can be done without waiting.
    Next advance();

    /// The answer to the dispatched request. `advance` sends it.
    void answer(Answer answer);

    /// Acts on a deadline that has passed: a late request gets 408, anything else is closed.
    /// `idle` is the present limit between requests. `advance` afterwards.
    void enforceDeadline(std::chrono::steady_clock::time_point now, std::chrono::milliseconds idle);

    /// Ends the connection now if no request has reached a handler, answering a begun one with 408.
    void giveUpReading();
    void close() { enter(State::Closed); }

    ConnectionId id() const { return id_; }
    State state() const { return state_; }
    const std::string& peer() const { return peer_; }
    int descriptor() const { return transport_->descriptor(); }
    /// No handler has a request of this connection, and no answer is on its way.
    bool isReading() const {
        return state_ == State::Idle || state_ == State::Head || state_ == State::Body;
    }
    /// When the present state began.
    std::chrono::steady_clock::time_point since() const { return since_; }

private:
    using SteadyTime = std::chrono::steady_clock::time_point;

    bool step();
    bool read();
    bool receive();
    void headDone();
    void complete();
    void refuse(int status);
    bool write();
    bool linger();
    void enter(State state);
    SteadyTime deadline(std::chrono::milliseconds idle) const;

    const ConnectionId id_;
    const std::unique_ptr<Transport> transport_;
    const std::string peer_;
    const ServerOptions& options_;
    ConnectionOwner& owner_;

    State state_ = State::Idle;
    SteadyTime since_;
    RequestParser parser_;
    std::string in_;
    std::string out_;
    std::size_t sent_ = 0;
    bool close_after_write_ = false;
};

}  // namespace postato::http
