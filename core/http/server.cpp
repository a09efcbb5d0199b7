#include "http/server.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

#include "http/reactor.hpp"
#include "http/responder.hpp"
#include "http/worker_lane.hpp"

namespace postato::http {

class Server::Parts {
public:
    Parts(ServerOptions options, Handlers handlers, const Clock& clock, Random& random,
          const Logger& logger)
        : options_(std::move(options)),
          handlers_(std::move(handlers)),
          logger_(logger),
          responder_(handlers_, clock, random, logger),
          reactor_(options_, handlers_, responder_, logger,
                   [this](const Placement& placement, Exchange&& exchange) {
                       return laneFor(placement.lane).tryPush(placement.group, std::move(exchange));
                   }) {}

    void start() {
        const auto run = [this](Exchange&& exchange) { work(std::move(exchange)); };
        reactor_.listen();
        const auto lane = [&](LaneSize size) { return std::make_unique<WorkerLane>(size, run); };
        const auto outbound = options_.outbound_workers;
        fast_ = lane({options_.workers, options_.queue, options_.workers});
        outbound_ = lane({outbound, options_.queue, std::max<std::size_t>(1, outbound / 2)});
        hashing_ = lane({options_.hashing_workers, options_.queue, options_.hashing_workers});
        loop_ = std::thread([this] { reactor_.run(); });
    }

    std::uint16_t port() const { return reactor_.port(); }

    void stop(std::chrono::milliseconds drain) {
        reactor_.drain(std::chrono::steady_clock::now() + drain);
        const std::lock_guard lock(stop_mutex_);
        if (!loop_.joinable()) return;
        loop_.join();
        fast_->stop();
        outbound_->stop();
        hashing_->stop();
    }

private:
    WorkerLane& laneFor(Lane lane) {
        switch (lane) {
            case Lane::Outbound:
                return *outbound_;
            case Lane::Hashing:
                return *hashing_;
            case Lane::Fast:
                break;
        }
        return *fast_;
    }

    void work(Exchange&& exchange) {
        Answer answer;
        try {
            answer = responder_.respond(exchange);
        } catch (const std::exception&) {
            // Even the answer about a failure failed: only memory can have run out.
            logger_.error("http.answer_failed", {{"requestId", exchange.request.id}});
            answer = {{}, true};
        }
        try {
            reactor_.deliver(exchange.connection, std::move(answer));
        } catch (const std::exception&) {  // out of memory: this client waits in vain
            logger_.error("http.answer_lost");
        }
    }

    const ServerOptions options_;
    const Handlers handlers_;
    const Logger& logger_;
    Responder responder_;
    Reactor reactor_;
    std::unique_ptr<WorkerLane> fast_;
    std::unique_ptr<WorkerLane> outbound_;
    std::unique_ptr<WorkerLane> hashing_;
    std::thread loop_;
    std::mutex stop_mutex_;
};

Server::Server(ServerOptions options, Handlers handlers, const Clock& clock, Random& random,
               const Logger& logger)
    : parts_(std::make_unique<Parts>(std::move(options), std::move(handlers), clock, random,
                                     logger)) {}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

void Server::start() { parts_->start(); }

std::uint16_t Server::port() const { return parts_->port(); }

void Server::stop(std::chrono::milliseconds drain) { parts_->stop(drain); }

std::uint64_t raiseDescriptorLimit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

}  // namespace postato::http
