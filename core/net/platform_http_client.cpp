#include "net/platform_http_client.hpp"

#include "net/outbound_stream.hpp"
#include "net/request_text.hpp"
#include "net/response_reader.hpp"
#include "net/tls_contexts.hpp"
#include "util/kill_point.hpp"
#include "util/watchdog.hpp"

namespace postato::net {
namespace {

using std::chrono::steady_clock;

sdk::PlatformError makeError(sdk::ErrorKind kind, std::string code, std::string message) {
    sdk::PlatformError error;
    error.kind = kind;
    error.code = std::move(code);
    error.message = std::move(message);
    return error;
}

/// A socket that the watchdog ended fails like a lost connection; the time tells the two apart.
sdk::PlatformError failed(sdk::ErrorKind kind, const Url& url, const StreamError& error,
                          steady_clock::time_point deadline) {
    if (steady_clock::now() >= deadline)
        return makeError(kind, "deadline", url.host + " did not answer in time");
    return makeError(kind, error.code(), "The call to " + url.host + " failed: " + error.what());
}

std::vector<std::string> addressesOf(const Url& url, Resolver& resolver,
                                     steady_clock::time_point deadline) {
    if (isAddressLiteral(url.host)) return {url.host};
    if (url.host == "localhost") return {"127.0.0.1", "::1"};  // RFC 6761 6.3: nobody else's to say
    return resolver.resolve(url.host, deadline);
}

}  // namespace

struct Outbound::Parts {
    explicit Parts(const std::string& ca_file) : tls(ca_file) {}
    TlsContexts tls;
    Watchdog watchdog;
};

Outbound::Outbound(OutboundOptions options, Resolver& resolver, const Logger& logger)
    : options_(std::move(options)),
      resolver_(resolver),
      logger_(logger),
      parts_(std::make_unique<Parts>(options_.ca_file)) {}

Outbound::~Outbound() = default;

std::unique_ptr<sdk::HttpClient> Outbound::client(std::chrono::milliseconds deadline) {
    return std::make_unique<PlatformHttpClient>(*this, steady_clock::now() + deadline);
}

bool PlatformHttpClient::mayCall(const Url& url) const {
    if (url.secure()) return true;
    return isLoopbackHost(url.host) && outbound_.options_.plain_origins.contains(url.origin());
}

sdk::Result<sdk::HttpResponse> PlatformHttpClient::send(const sdk::HttpRequest& request) {
    const auto url = parseUrl(request.url);
    if (!url || !mayCall(*url))
        return makeError(sdk::ErrorKind::Protocol, "url_refused",
                         "The plugin asked for an address that this host does not call");
    if (const auto problem = requestProblem(request))
        return makeError(sdk::ErrorKind::Protocol, "request_refused",
                         "The plugin made a request that is not sent: " + *problem);
    const auto began = steady_clock::now();
    auto result = exchange(request, *url);
    log(request, *url, result,
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began));
    return result;
}

sdk::Result<sdk::HttpResponse> PlatformHttpClient::exchange(const sdk::HttpRequest& request,
                                                            const Url& url) {
    const auto& options = outbound_.options_;
    const auto text = requestText(request, url, options.user_agent);
    const auto addresses = addressesOf(url, outbound_.resolver_, deadline_);
    if (addresses.empty())
        return makeError(sdk::ErrorKind::Transient, "dns_failed",
                         "No address was found for " + url.host);

    // Until the connection stands nothing has left, afterwards nobody knows.
    auto kind = sdk::ErrorKind::Transient;
    try {
        OutboundStream stream(url, addresses, outbound_.parts_->tls, outbound_.parts_->watchdog,
                              {options.connect_timeout, deadline_});
        kind = sdk::ErrorKind::Ambiguous;
        POSTATO_KILL_POINT("K2");
        stream.send(text.reveal());
        POSTATO_KILL_POINT("K3");
        ResponseReader reader(request.method == "HEAD", options.max_body);
        auto state = ResponseReader::State::NeedMore;
        while (state == ResponseReader::State::NeedMore) {
            const auto bytes = stream.receive();
            // What the watchdog ended looks closed to a plain socket.
            if (bytes.empty() && steady_clock::now() >= deadline_)
                throw StreamError("connection_lost", "the connection ended");
            state = bytes.empty() ? reader.finish() : reader.feed(bytes);
            if (state == ResponseReader::State::NeedMore) POSTATO_KILL_POINT("K4");
        }
        if (state == ResponseReader::State::Complete) return reader.take();
        return makeError(kind, "answer_unusable",
                         "The answer of " + url.host + " cannot be used: " + reader.problem());
    } catch (const StreamError& error) {
        return failed(kind, url, error, deadline_);
    }
}

void PlatformHttpClient::log(const sdk::HttpRequest& request, const Url& url,
                             const sdk::Result<sdk::HttpResponse>& result,
                             std::chrono::milliseconds took) const {
    if (result)
        outbound_.logger_.debug("http.called", {{"method", request.method},
                                                {"host", url.host},
                                                {"path", url.path()},
                                                {"status", result.value().status},
                                                {"ms", std::int64_t{took.count()}}});
    else
        outbound_.logger_.warning("http.failed", {{"method", request.method},
                                                  {"host", url.host},
                                                  {"path", url.path()},
                                                  {"code", result.error().code},
                                                  {"message", result.error().message},
                                                  {"ms", std::int64_t{took.count()}}});
}

}  // namespace postato::net
