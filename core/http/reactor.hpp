#pragma once

/// \file
/// The event loop: one thread, one epoll set. It accepts, lets each connection advance when its
/// socket is ready, moves requests to the worker lanes and answers back, and enforces deadlines and
/// caps. Connections are touched by this thread only; workers hand answers over by `deliver`.

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "http/client_address.hpp"
#include "http/connection.hpp"
#include "http/listener.hpp"
#include "http/poller.hpp"
#include "http/responder.hpp"

namespace postato::http {

class Reactor final : private ConnectionOwner {
public:
    /// False when the lane has no room; the exchange is then untouched.
    using Submit = std::function<bool(const Placement&, Exchange&&)>;

    /// Binds at once, so that a port in use is reported before anything else happens. References
    /// must outlive the reactor.
    Reactor(const ServerOptions& options, const Handlers& handlers, Responder& responder,
            const Logger& logger, Submit submit);

    /// From now on clients can connect. Throws Error{Unavailable} when the port went to another
    /// program since. Before `run`.
    void listen();

    /// Runs until `drain` has been called and all connections have ended, or its time is over.
    void run();

    /// Thread-safe. Stops accepting, closes idle connections, lets requests in flight finish until
    /// `deadline`, then closes the rest. An earlier deadline replaces a later one.
    void drain(std::chrono::steady_clock::time_point deadline);

    /// Thread-safe. The answer to a submitted exchange; dropped when its connection is gone.
    void deliver(ConnectionId connection, Answer answer);

    std::uint16_t port() const { return port_; }

private:
    using SteadyTime = std::chrono::steady_clock::time_point;
    using Connections = std::map<ConnectionId, Connection>;  ///< in order of arrival

    std::size_t bodyLimit(const Request& head) override;
    void dispatch(Connection& connection, Exchange exchange) override;
    Answer refuse(int status, const Request& partial) override;

    void handle(const Poller::Event& event);
    /// Lets one connection take a step; what it throws costs this connection only.
    template <class Step>
    void take(ConnectionId id, Step step);
    void advance(ConnectionId id);
    void advance(Connection& connection);
    bool acceptSome();
    void admit(Listener::Accepted accepted);
    bool mayEnter(const std::string& peer);
    bool makeRoom();
    void turnAway(const Poco::Net::StreamSocket& socket);
    void pauseAccepting();
    void takeDeliveries();
    void sweep(SteadyTime now);
    void beginDrain(SteadyTime now);
    bool isLimited(const std::string& peer) const;
    std::chrono::milliseconds idleLimit() const;
    std::chrono::milliseconds waitLimit() const;
    void forget(Connections::iterator at);

    const ServerOptions& options_;
    const Handlers& handlers_;
    Responder& responder_;
    const Logger& logger_;
    const Submit submit_;
    const TrustedProxies proxies_;
    Listener listener_;
    const std::uint16_t port_;
    Poller poller_;

    Connections connections_;
    std::unordered_map<std::string, std::size_t> per_network_;
    std::vector<ConnectionId> unfinished_;  ///< have more to do at once (Connection::Next::Again)
    ConnectionId last_id_;
    SteadyTime next_sweep_;
    SteadyTime next_accept_warning_;
    bool accepting_ = true;
    SteadyTime drain_began_ = SteadyTime::max();

    std::mutex deliveries_mutex_;
    std::vector<std::pair<ConnectionId, Answer>> deliveries_;
    std::atomic<SteadyTime> drain_until_{SteadyTime::max()};
};

}  // namespace postato::http
