#include "net/http_transport.hpp"

#include "net/outbound_stream.hpp"
#include "net/request_text.hpp"
#include "net/response_reader.hpp"
#include "net/tls_contexts.hpp"
#include "net/watchdog.hpp"

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

struct HttpTransport::Parts {
    explicit Parts(const std::filesystem::path& ca_file) : tls(ca_file) {}
    TlsContexts tls;
    Watchdog watchdog;
};

HttpTransport::HttpTransport(TransportOptions options, Resolver& resolver, const Logger& logger)
    : options_(std::move(options)),
      resolver_(resolver),
      logger_(logger),
      parts_(std::make_unique<Parts>(options_.ca_file)) {}

HttpTransport::~HttpTransport() = default;

bool HttpTransport::mayCall(const Url& url) const {
    if (url.scheme == "https") return true;
    return isLoopbackHost(url.host) && options_.http_origins.contains(url.origin());
}

sdk::Result<sdk::HttpResponse> HttpTransport::send(const sdk::HttpRequest& request,
                                                   steady_clock::time_point deadline) {
    const auto url = parseUrl(request.url);
    if (!url || !mayCall(*url))
        return makeError(sdk::ErrorKind::Protocol, "url_refused",
                         "The plugin asked for an address that this host does not call");
    if (const auto problem = requestProblem(request))
        return makeError(sdk::ErrorKind::Protocol, "request_refused",
                         "The plugin made a request that is not sent: " + *problem);

    const auto began = steady_clock::now();
    auto result = exchange(request, *url, deadline);
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began);
    if (result)
        logger_.debug("http.called", {{"method", request.method},
                                      {"host", url->host},
                                      {"path", url->path()},
                                      {"status", result.value().status},
                                      {"ms", std::int64_t{took.count()}}});
    else
        logger_.warning("http.failed", {{"method", request.method},
                                        {"host", url->host},
                                        {"path", url->path()},
                                        {"code", result.error().code},
                                        {"message", result.error().message},
                                        {"ms", std::int64_t{took.count()}}});
    return result;
}

sdk::Result<sdk::HttpResponse> HttpTransport::exchange(const sdk::HttpRequest& request,
                                                       const Url& url,
                                                       steady_clock::time_point deadline) {
    const auto text = requestText(request, url, options_.user_agent);
    const auto addresses = addressesOf(url, resolver_, deadline);
    if (addresses.empty())
        return makeError(sdk::ErrorKind::Transient, "dns_failed",
                         "No address was found for " + url.host);

    // Until the connection stands nothing has left, afterwards nobody knows.
    auto kind = sdk::ErrorKind::Transient;
    try {
        OutboundStream stream(url, addresses, parts_->tls, parts_->watchdog,
                              {options_.connect_timeout, deadline});
        kind = sdk::ErrorKind::Ambiguous;
        stream.send(text.reveal());
        ResponseReader reader(request.method == "HEAD", options_.largest_body);
        for (;;) {
            const auto bytes = stream.receive();
            const bool closed = bytes.empty();
            // What the watchdog ended looks closed to a plain socket.
            if (closed && steady_clock::now() >= deadline)
                throw StreamError("connection_lost", "the connection ended");
            switch (closed ? reader.finish() : reader.feed(bytes)) {
                case ResponseReader::State::NeedMore:
                    break;
                case ResponseReader::State::Complete:
                    return reader.take();
                case ResponseReader::State::Broken:
                    return makeError(
                        kind, "answer_unusable",
                        "The answer of " + url.host + " cannot be used: " + reader.problem());
            }
        }
    } catch (const StreamError& error) {
        return failed(kind, url, error, deadline);
    }
}

}  // namespace postato::net
