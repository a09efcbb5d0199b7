#pragma once

/// \file
/// The way to the platforms: sdk::HttpClient over Poco's TLS sockets.

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "net/resolver.hpp"
#include "net/url.hpp"
#include "postato/sdk/http.hpp"
#include "util/log.hpp"

namespace postato::net {

struct TransportOptions {
    std::string user_agent = "postato";
    std::filesystem::path ca_file;  ///< trusted instead of the system's certificates; may be empty
    /// `Url::origin()` of the endpoints that the operator configured with http. Only these are
    /// called without TLS, and only on a loopback host.
    std::set<std::string> http_origins;
    std::chrono::milliseconds connect_timeout{5'000};  ///< for each address of a host
    std::size_t largest_body = 1024 * 1024;
};

/// What all calls share. Thread-safe. The process must ignore SIGPIPE: TLS cannot ask for silence
/// when it writes to a connection that the peer has left.
///
/// Every request goes out on a connection of its own and is sent once. A connection kept from an
/// earlier request may turn out dead only after the new one was written, and then nobody knows
/// whether a refresh token was spent.
class HttpTransport {
public:
    /// Throws Error{InvalidArgument} when `options.ca_file` cannot be used. `resolver` and `logger`
    /// outlive the object.
    HttpTransport(TransportOptions options, Resolver& resolver, const Logger& logger);
    ~HttpTransport();

    /// The kinds of error are those that sdk::HttpClient promises. Redirects are answers like any
    /// other. The log gets method, host, path without query, and the outcome.
    sdk::Result<sdk::HttpResponse> send(const sdk::HttpRequest& request,
                                        std::chrono::steady_clock::time_point deadline);

private:
    struct Parts;

    sdk::Result<sdk::HttpResponse> exchange(const sdk::HttpRequest& request, const Url& url,
                                            std::chrono::steady_clock::time_point deadline);
    bool mayCall(const Url& url) const;

    TransportOptions options_;
    Resolver& resolver_;
    const Logger& logger_;
    std::unique_ptr<Parts> parts_;
};

/// Handed to a plugin for one operation: whatever requests it makes share one deadline.
class PlatformHttpClient final : public sdk::HttpClient {
public:
    PlatformHttpClient(HttpTransport& transport, std::chrono::milliseconds deadline)
        : transport_(transport), deadline_(std::chrono::steady_clock::now() + deadline) {}

    sdk::Result<sdk::HttpResponse> send(const sdk::HttpRequest& request) override {
        return transport_.send(request, deadline_);
    }

private:
    HttpTransport& transport_;
    std::chrono::steady_clock::time_point deadline_;
};

}  // namespace postato::net
