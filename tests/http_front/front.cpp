#include "front.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <new>
#include <stdexcept>

#include "util/error.hpp"

namespace postato::http::testing {

void Gate::pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
}

void Gate::open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
}

bool Gate::awaitArrivals(std::size_t count, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return arrived_ >= count; });
}

void TestRandom::fill(std::span<std::uint8_t> bytes) {
    // A stepped multiplicative hash: ids differ, and that is all that is asked of them here.
    auto value = next_.fetch_add(1) * 0x9E3779B97F4A7C15ULL;
    for (auto& byte : bytes) {
        byte = static_cast<std::uint8_t>(value >> 56);
        value = value * 6364136223846793005ULL + 1442695040888963407ULL;
    }
}

ServerOptions testOptions() {
    ServerOptions options;
    options.port = 0;
    options.workers = 2;
    options.outbound_workers = 1;
    return options;
}

Front::Front(ServerOptions options)
    : log_(::memfd_create("log", MFD_CLOEXEC)),
      logger_(clock_, log_),
      server(std::move(options), handlers(), clock_, random_, logger_) {
    server.start();
}

Front::~Front() {
    gate.open();
    server.stop(std::chrono::milliseconds(0));
    ::close(log_);
}

std::string Front::log() const {
    std::string text;
    std::array<char, 4096> bytes;
    ssize_t count = 0;
    while ((count = ::pread(log_, bytes.data(), bytes.size(), static_cast<off_t>(text.size()))) > 0)
        text.append(bytes.data(), static_cast<std::size_t>(count));
    return text;
}

std::vector<RequestSummary> Front::summaries() const {
    const std::lock_guard lock(mutex_);
    return summaries_;
}

Handlers Front::handlers() {
    Handlers handlers;
    handlers.handle = [this](const Request& request) { return handle(request); };
    handlers.handle_inline = [](const Request& request) -> std::optional<Response> {
        if (request.path != "/live") return std::nullopt;
        return Response::text(200, "alive");
    };
    handlers.place = [](std::string_view, std::string_view path) {
        const bool outbound = path.starts_with("/out/");
        return Placement{outbound ? Lane::Outbound : Lane::Fast, outbound ? std::string(path) : ""};
    };
    handlers.body_limit = [](std::string_view, std::string_view path) {
        return path == "/small" ? std::size_t{10} : ServerOptions().body_bytes;
    };
    handlers.access_log = [this](const RequestSummary& summary) {
        const std::lock_guard lock(mutex_);
        summaries_.push_back(summary);
    };
    return handlers;
}

Response Front::handle(const Request& request) {
    ++handled;
    const auto& path = request.path;
    if (path == "/marker") ++markers;
    if (path == "/gate" || path == "/out/gate") gate.pass();
    if (path == "/throw/error")
        throw Error(ErrorCode::Conflict, PublicMessage{"public words"},
                    InternalDetail{"internal words"});
    if (path == "/throw/internal")
        throw Error(ErrorCode::Internal, PublicMessage{"public words"},
                    InternalDetail{"internal words"});
    if (path == "/throw/std") throw std::runtime_error("bound value: secret");
    if (path == "/throw/int") throw 42;
    if (path == "/throw/bad_alloc") throw std::bad_alloc();
    if (path == "/address") return Response::text(200, request.client_network);
    if (path == "/large") return Response::text(200, std::string(large_bytes, 'x'));
    if (path == "/unauthorized")
        throw Error(ErrorCode::Unauthenticated, PublicMessage{"Who are you?"});
    if (path == "/no-content") return Response::empty();
    if (path != "/echo" && path != "/small") return Response::text(200, "other");
    auto response = Response::text(200, request.method + " " + path + " " + request.body);
    response.route_template = "/echo-template";
    return response;
}

}  // namespace postato::http::testing
