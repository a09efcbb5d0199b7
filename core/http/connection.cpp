#include "http/connection.hpp"

#include <array>
#include <utility>

namespace postato::http {
namespace {

constexpr std::size_t kReceiveBytes = 16 * 1024;
// Steps in a row before others get their turn; a request takes about five.
constexpr int kStepsPerTurn = 32;

}  // namespace

Connection::Connection(ConnectionId id, std::unique_ptr<Transport> transport, std::string peer,
                       const ServerOptions& options, ConnectionOwner& owner)
    : id_(id),
      transport_(std::move(transport)),
      peer_(std::move(peer)),
      options_(options),
      owner_(owner),
      since_(std::chrono::steady_clock::now()),
      parser_(options.head) {}

Connection::Next Connection::advance() {
    for (int i = 0; i < kStepsPerTurn; ++i)
        if (!step()) return Next::Wait;
    return Next::Again;
}

bool Connection::step() {
    switch (state_) {
        case State::Idle:
        case State::Head:
        case State::Body:
            return read();
        case State::Writing:
            return write();
        case State::Lingering:
            return linger();
        case State::Busy:
        case State::Closed:
            return false;
    }
    return false;
}

bool Connection::read() {
    switch (parser_.advance(in_)) {
        case RequestParser::Progress::NeedMore:
            return receive();
        case RequestParser::Progress::HeadDone:
            headDone();
            return true;
        case RequestParser::Progress::Complete:
            complete();
            return true;
        case RequestParser::Progress::Refused:
            refuse(parser_.refusal());
            return true;
    }
    return false;
}

bool Connection::receive() {
    // A 100 Continue that did not go out at once: the client waits for it before it sends more.
    if (sent_ < out_.size() && !write()) return false;
    std::array<char, kReceiveBytes> bytes;
    const auto outcome = transport_->receive(bytes);
    switch (outcome.status) {
        case Transport::Status::WouldBlock:
            return false;
        case Transport::Status::Closed:
            // A request that was cut short reaches nobody (RFC 9112 8).
            state_ == State::Idle ? close() : refuse(400);
            return true;
        case Transport::Status::Done:
            break;
    }
    in_.append(bytes.data(), outcome.bytes);
    if (state_ == State::Idle) enter(State::Head);
    return true;
}

void Connection::headDone() {
    if (!parser_.limitBody(owner_.bodyLimit(parser_.request()))) return refuse(413);
    if (parser_.expectsContinue() && in_.empty()) out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    enter(State::Body);
}

void Connection::complete() {
    Exchange exchange;
    exchange.connection = id_;
    exchange.keep_alive = parser_.keepAlive();
    exchange.http_1_0 = parser_.http10();
    exchange.request = parser_.take();
    exchange.received = std::chrono::steady_clock::now();
    parser_.reset();
    enter(State::Busy);
    owner_.dispatch(*this, std::move(exchange));
}

void Connection::refuse(int status) { answer(owner_.refuse(status, parser_.request())); }

void Connection::answer(Answer answer) {
    if (out_.empty())
        out_ = std::move(answer.bytes);
    else
        out_ += answer.bytes;
    close_after_write_ = answer.close;
    enter(State::Writing);
}

bool Connection::write() {
    while (sent_ < out_.size()) {
        const auto outcome = transport_->send(std::string_view(out_).substr(sent_));
        if (outcome.status == Transport::Status::WouldBlock) return false;
        if (outcome.status == Transport::Status::Closed) {
            close();
            return false;
        }
        sent_ += outcome.bytes;
    }
    out_ = {};  // not clear(): an idle connection keeps no memory of its last answer
    sent_ = 0;
    if (state_ != State::Writing) return true;
    if (close_after_write_) {
        // Closing with bytes unread would reset the connection and could take the answer with it
        // (RFC 9112 9.6).
        transport_->finishSending();
        in_.clear();
        enter(State::Lingering);
    } else {
        if (in_.empty()) in_ = {};
        enter(in_.empty() ? State::Idle : State::Head);
    }
    return true;
}

bool Connection::linger() {
    std::array<char, kReceiveBytes> dropped;
    switch (transport_->receive(dropped).status) {
        case Transport::Status::Done:
            return true;
        case Transport::Status::WouldBlock:
            return false;
        case Transport::Status::Closed:
            break;
    }
    close();
    return false;
}

void Connection::enter(State state) {
    state_ = state;
    since_ = std::chrono::steady_clock::now();
}

void Connection::enforceDeadline(SteadyTime now, std::chrono::milliseconds idle) {
    if (state_ == State::Busy || state_ == State::Closed || now < deadline(idle)) return;
    if (isReading()) return giveUpReading();
    if (state_ == State::Writing) transport_->forgetUnsent();
    close();
}

void Connection::giveUpReading() {
    if (state_ == State::Idle)
        close();
    else if (isReading())
        refuse(408);
}

Connection::SteadyTime Connection::deadline(std::chrono::milliseconds idle) const {
    const auto& limits = options_.deadlines;
    switch (state_) {
        case State::Idle:
            return since_ + idle;
        case State::Head:
            return since_ + limits.head;
        case State::Body:
            return since_ + limits.body +
                   std::chrono::milliseconds(parser_.bodyBytes() * 1000 /
                                             limits.minimum_bytes_per_second);
        case State::Writing:
            return since_ + limits.write;
        case State::Lingering:
            return since_ + limits.linger;
        case State::Busy:
        case State::Closed:
            break;
    }
    return SteadyTime::max();
}

}  // namespace postato::http
