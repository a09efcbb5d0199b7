#pragma once

/// \file
/// A running server with handlers that the tests can steer and look into.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "http/server.hpp"
#include "raw_client.hpp"

namespace postato::http::testing {

/// Holds handlers back until it is opened.
class Gate {
public:
    /// Called by a handler: waits for `open`.
    void pass();
    void open();
    /// Waits until `count` handlers have come to the gate so far; false when they do not in time.
    bool awaitArrivals(std::size_t count,
                       std::chrono::milliseconds patience = RawClient::kPatience);

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t arrived_ = 0;
    bool open_ = false;
};

class TestRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> bytes) override;

private:
    std::atomic<std::uint64_t> next_{1};
};

/// Serves:
///   any method /echo      "METHOD /echo BODY"
///   GET /marker           counts; nothing may ever smuggle it in
///   GET /gate, /out/gate  wait for `gate`; the latter on the outbound lane
///   GET /out/NAME         on the outbound lane, where each path is a group
///   GET /throw/KIND       KIND: error, std, int, bad_alloc
///   GET /address          the client's network
///   GET /large            `large_bytes` of text
///   GET /live             answered inline
///   POST /unauthorized    401
///   anything else         "other"
class Front {
public:
    explicit Front(ServerOptions options = {});
    ~Front();

    std::uint16_t port() const { return server.port(); }
    RawClient client() const { return RawClient(port()); }
    /// What has been logged so far.
    std::string log() const;
    std::vector<RequestSummary> summaries() const;

    Gate gate;
    std::atomic<int> markers{0};
    std::atomic<int> handled{0};
    std::size_t large_bytes = 1024 * 1024;

private:
    Handlers handlers();
    Response handle(const Request& request);

    SystemClock clock_;
    TestRandom random_;
    int log_;
    Logger logger_;
    mutable std::mutex mutex_;
    std::vector<RequestSummary> summaries_;

public:
    Server server;  ///< last: its threads use everything above
};

/// Port 0, few threads; the rest as in production.
ServerOptions testOptions();

}  // namespace postato::http::testing
