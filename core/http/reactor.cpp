#include "http/reactor.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace postato::http {
namespace {

constexpr ConnectionId kListenerKey = Poller::kWakeKey + 1;
constexpr auto kSweepEvery = std::chrono::milliseconds(50);
// A request that was half sent when the drain began gets this long to arrive.
constexpr auto kDrainReading = std::chrono::milliseconds(1000);
// At the cap, a connection that has been waited for this long may be closed for a new one.
constexpr auto kMakeRoomAfter = std::chrono::milliseconds(1000);
constexpr int kAcceptsPerTurn = 64;
constexpr int kAcceptTurnsInDrain = 16;  // the whole backlog
constexpr auto kAcceptWarningEvery = std::chrono::seconds(10);

}  // namespace

Reactor::Reactor(const ServerOptions& options, const Handlers& handlers, Responder& responder,
                 const Logger& logger, Submit submit)
    : options_(options),
      handlers_(handlers),
      responder_(responder),
      logger_(logger),
      submit_(std::move(submit)),
      proxies_(options.trusted_proxies),
      listener_(options.host, options.port),
      port_(listener_.port()),
      last_id_(kListenerKey) {}

void Reactor::listen() {
    listener_.listen();
    poller_.addLevelTriggered(listener_.descriptor(), kListenerKey);
}

void Reactor::run() {
    while (true) {
        for (const auto& event : poller_.wait(waitLimit())) handle(event);
        takeDeliveries();
        for (const auto id : std::exchange(unfinished_, {})) advance(id);
        const auto now = std::chrono::steady_clock::now();
        const auto until = drain_until_.load();
        if (until != SteadyTime::max()) {
            if (drain_began_ == SteadyTime::max()) beginDrain(now);
            if (connections_.empty() || now >= until) break;
        }
        if (now >= next_sweep_) sweep(now);
    }
    connections_.clear();
}

void Reactor::handle(const Poller::Event& event) {
    if (event.key == Poller::kWakeKey) return;  // deliveries are looked at after each wait
    if (event.key == kListenerKey) {
        acceptSome();
        return;
    }
    const auto at = connections_.find(event.key);
    if (at == connections_.end()) return;
    if (event.broken) return forget(at);
    advance(event.key);
}

template <class Step>
void Reactor::take(ConnectionId id, Step step) {
    const auto at = connections_.find(id);
    if (at == connections_.end()) return;
    auto& connection = at->second;
    try {
        step(connection);
    } catch (const std::exception&) {
        // Memory or randomness has run out: this client is lost, the others are not.
        logger_.error("http.connection_failed");
        connection.close();
    }
    if (connection.state() == Connection::State::Closed) forget(at);
}

void Reactor::advance(Connection& connection) {
    if (connection.advance() == Connection::Next::Again) unfinished_.push_back(connection.id());
}

void Reactor::advance(ConnectionId id) {
    take(id, [this](Connection& connection) { advance(connection); });
}

void Reactor::forget(Connections::iterator at) {
    const auto count = per_network_.find(networkOf(at->second.peer()));
    if (count != per_network_.end() && --count->second == 0) per_network_.erase(count);
    connections_.erase(at);
}

/// True when more may be waiting.
bool Reactor::acceptSome() {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
        try {
            auto accepted = listener_.accept();
            if (accepted.status == Listener::Accepted::Status::Nobody) return false;
            if (accepted.status == Listener::Accepted::Status::Exhausted) {
                pauseAccepting();
                return false;
            }
            admit(std::move(accepted));
        } catch (const std::exception&) {
            // The client has gone already, or there is no memory for it.
            logger_.warning("http.accept_failed");
        }
    }
    return true;
}

void Reactor::admit(Listener::Accepted accepted) {
    if (!mayEnter(accepted.peer)) return turnAway(accepted.socket);
    const auto id = ++last_id_;
    auto transport = std::make_unique<PlainTransport>(accepted.socket);
    poller_.add(transport->descriptor(), id);
    ConnectionOwner& owner = *this;
    connections_.try_emplace(id, id, std::move(transport), accepted.peer, options_, owner);
    ++per_network_[networkOf(accepted.peer)];
    advance(id);  // the request is often here already
}

bool Reactor::isLimited(const std::string& peer) const {
    return !proxies_.contains(peer) && (options_.limit_loopback || !isLoopback(peer));
}

bool Reactor::mayEnter(const std::string& peer) {
    const auto count = per_network_.find(networkOf(peer));
    const bool at_own_cap =
        count != per_network_.end() && count->second >= options_.max_connections_per_address;
    if (at_own_cap && isLimited(peer)) return false;
    return connections_.size() < options_.max_connections || makeRoom();
}

/// Closes the oldest connection that is not being served. Under an attack by slow clients that is
/// one of theirs: a healthy request arrives within milliseconds.
bool Reactor::makeRoom() {
    const auto before = std::chrono::steady_clock::now() - kMakeRoomAfter;
    const auto at = std::find_if(connections_.begin(), connections_.end(), [&](const auto& entry) {
        return entry.second.isReading() && entry.second.since() <= before;
    });
    if (at == connections_.end()) return false;
    forget(at);
    return true;
}

void Reactor::turnAway(const Poco::Net::StreamSocket& socket) {
    // One attempt, unread: whoever is over the cap gets no state here.
    PlainTransport transport(socket);
    transport.send(responder_.refuse(503, {}).bytes);
    transport.finishSending();
}

void Reactor::pauseAccepting() {
    const auto now = std::chrono::steady_clock::now();
    if (now >= next_accept_warning_) {
        next_accept_warning_ = now + kAcceptWarningEvery;
        const auto open = static_cast<std::int64_t>(connections_.size());
        logger_.warning("http.accept_paused", {{"connections", open}});
    }
    poller_.remove(listener_.descriptor());
    accepting_ = false;
}

std::size_t Reactor::bodyLimit(const Request& head) {
    return handlers_.body_limit ? handlers_.body_limit(head.method, head.path)
                                : options_.body_bytes;
}

Answer Reactor::refuse(int status, const Request& partial) {
    return responder_.refuse(status, partial);
}

void Reactor::dispatch(Connection& connection, Exchange exchange) {
    auto& request = exchange.request;
    request.id = responder_.makeRequestId();
    request.client_network =
        networkOf(proxies_.clientOf(connection.peer(), request.header("x-forwarded-for")));
    if (auto answer = responder_.respondInline(exchange))
        return connection.answer(std::move(*answer));
    const auto placement =
        handlers_.place ? handlers_.place(request.method, request.path) : Placement{};
    if (!submit_(placement, std::move(exchange))) connection.answer(responder_.shed(exchange));
}

void Reactor::deliver(ConnectionId connection, Answer answer) {
    bool first = false;
    {
        const std::lock_guard lock(deliveries_mutex_);
        first = deliveries_.empty();
        deliveries_.emplace_back(connection, std::move(answer));
    }
    if (first) poller_.wake();
}

void Reactor::takeDeliveries() {
    std::vector<std::pair<ConnectionId, Answer>> deliveries;
    {
        const std::lock_guard lock(deliveries_mutex_);
        deliveries.swap(deliveries_);
    }
    for (auto& delivery : deliveries) {
        take(delivery.first, [&](Connection& connection) {
            connection.answer(std::move(delivery.second));
            advance(connection);
        });
    }
}

void Reactor::drain(SteadyTime deadline) {
    auto present = drain_until_.load();
    while (deadline < present && !drain_until_.compare_exchange_weak(present, deadline)) {
    }
    responder_.closeConnections();
    poller_.wake();
}

void Reactor::beginDrain(SteadyTime now) {
    // Who has connected before this moment is still served.
    for (int turn = 0; accepting_ && turn < kAcceptTurnsInDrain && acceptSome(); ++turn) {
    }
    listener_.close();
    accepting_ = false;
    drain_began_ = now;
    // A request may have come in since the last event; only then is a connection really idle.
    std::vector<ConnectionId> ids;
    for (const auto& [id, connection] : connections_) ids.push_back(id);
    for (const auto id : ids) advance(id);
}

void Reactor::sweep(SteadyTime now) {
    next_sweep_ = now + kSweepEvery;
    const bool draining = drain_began_ != SteadyTime::max();
    if (!accepting_ && !draining) {
        poller_.addLevelTriggered(listener_.descriptor(), kListenerKey);
        accepting_ = true;
    }
    const auto idle = draining ? std::chrono::milliseconds(0) : idleLimit();
    const bool give_up = draining && now - drain_began_ >= kDrainReading;
    for (auto at = connections_.begin(); at != connections_.end();) {
        const auto id = (at++)->first;  // `take` may forget this one, and no other
        take(id, [&](Connection& connection) {
            const auto before = connection.state();
            if (give_up) connection.giveUpReading();
            connection.enforceDeadline(now, idle);
            if (connection.state() != before) advance(connection);
        });
    }
}

std::chrono::milliseconds Reactor::idleLimit() const {
    const auto& limits = options_.deadlines;
    const auto half = options_.max_connections / 2;
    if (connections_.size() <= half) return limits.idle;
    const auto above = connections_.size() - half;
    const auto range = options_.max_connections - half;
    const auto span = limits.idle - std::min(limits.idle, limits.idle_under_load);
    return limits.idle - span * static_cast<std::int64_t>(std::min(above, range)) /
                             static_cast<std::int64_t>(range);
}

std::chrono::milliseconds Reactor::waitLimit() const {
    if (!unfinished_.empty()) return std::chrono::milliseconds(0);
    const bool nothing_to_watch = connections_.empty() && accepting_;
    return nothing_to_watch ? std::chrono::milliseconds(-1) : kSweepEvery;
}

}  // namespace postato::http
