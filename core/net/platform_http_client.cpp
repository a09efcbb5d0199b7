#include "net/platform_http_client.hpp"

#include <Poco/Exception.h>

#include <algorithm>

#include "net/outbound_socket.hpp"
#include "net/response_reader.hpp"

namespace postato::net {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

sdk::PlatformError failure(sdk::ErrorKind kind, const std::string& message, const char* code) {
    return {kind, message, code, std::nullopt, {}};
}

bool hasControl(const std::string& text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; });
}

bool sendable(const sdk::HttpRequest& request) {
    static constexpr const char* kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    if (std::find(std::begin(kMethods), std::end(kMethods), request.method) == std::end(kMethods))
        return false;
    return std::none_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
        return header.first.empty() || hasControl(header.first) || hasControl(header.second) ||
               header.first.find_first_of(": ") != std::string::npos;
    });
}

std::string serialize(const sdk::HttpRequest& request, const Url& url,
                      const std::string& user_agent) {
    std::string text = request.method + " " + url.target + " HTTP/1.1\r\nHost: " + url.authority() +
                       "\r\nConnection: close\r\n";
    if (sdk::findHeader(request.headers, "User-Agent") == nullptr)
        text += "User-Agent: " + user_agent + "\r\n";
    for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
    if (request.method != "GET" || !request.body.empty())
        text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    return text + "\r\n" + request.body;
}

}  // namespace

struct Outbound::Tls {
    explicit Tls(const std::string& ca_file) : contexts(ca_file) {}
    TlsContexts contexts;
};

Outbound::Outbound(OutboundOptions options, Resolver& resolver, const Logger& log)
    : options_(std::move(options)),
      resolver_(resolver),
      log_(log),
      tls_(std::make_unique<Tls>(options_.ca_file)) {}

Outbound::~Outbound() = default;

std::unique_ptr<sdk::HttpClient> Outbound::client(milliseconds deadline) {
    return std::make_unique<PlatformHttpClient>(*this, Steady::now() + deadline);
}

sdk::Result<sdk::HttpResponse> PlatformHttpClient::send(const sdk::HttpRequest& request) {
    const auto& options = outbound_.options_;
    const auto url = parseUrl(request.url);
    if (!url || !sendable(request))
        return failure(sdk::ErrorKind::Protocol, "The request's address or a header is not valid",
                       "invalid_request");
    if (!url->secure() && !options.plain_origins.contains(url->origin()))
        return failure(sdk::ErrorKind::Protocol,
                       "Only https is allowed, except to configured loopback endpoints",
                       "insecure_address");
    const auto left = [&] {
        return std::chrono::duration_cast<milliseconds>(deadline_ - Steady::now());
    };
    const auto report = [&](const char* code) {
        outbound_.log_.warning("outbound.failed", {{"method", request.method},
                                                   {"host", url->host},
                                                   {"path", url->path()},
                                                   {"code", code}});
    };

    // Until the first byte of the request is handed over, nothing can have happened at the
    // platform.
    std::unique_ptr<OutboundSocket> socket;
    std::unique_ptr<Watchdog::Watch> watch;
    const char* stage = "resolve_failed";
    try {
        const auto addresses =
            outbound_.resolver_.resolve(url->host, std::min(left(), options.resolve_timeout));
        for (const auto& address : addresses) {
            stage = "connect_failed";
            if (left().count() <= 0) break;
            socket = OutboundSocket::connect(
                *url, address, std::min(left(), options.connect_timeout), outbound_.tls_->contexts);
            if (socket) break;
        }
        if (socket) {
            stage = "tls_failed";
            watch = std::make_unique<Watchdog::Watch>(outbound_.watchdog_, socket->descriptor(),
                                                      deadline_);
            socket->handshake();
        }
    } catch (const Poco::Exception&) {
        socket.reset();
    }
    if (!socket || left().count() <= 0) {
        report(stage);
        return failure(sdk::ErrorKind::Transient, "No connection to " + url->host, stage);
    }

    try {
        socket->sendAll(serialize(request, *url, options.user_agent));
        auto response = readResponse(*socket, options.max_head, options.max_body);
        if (response) return std::move(*response);
        report("incomplete_answer");
        return failure(sdk::ErrorKind::Ambiguous,
                       url->host + " closed the connection before its answer was complete",
                       "incomplete_answer");
    } catch (const ResponseRefused& refused) {
        report(refused.code);
        return failure(sdk::ErrorKind::Ambiguous, url->host + " sent an answer that cannot be used",
                       refused.code);
    } catch (const Poco::Exception&) {
        const char* code = left().count() <= 0 ? "deadline" : "connection_lost";
        report(code);
        return failure(sdk::ErrorKind::Ambiguous, "No complete answer from " + url->host, code);
    }
}

}  // namespace postato::net
