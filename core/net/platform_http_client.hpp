#pragma once

/// \file
/// The way to the platforms: sdk::HttpClient over Poco's TLS sockets.

#include <chrono>
#include <cstddef>
#include <memory>
#include <set>
#include <string>

#include "net/resolver.hpp"
#include "net/url.hpp"
#include "postato/sdk/http.hpp"
#include "util/log.hpp"

namespace postato::net {

struct OutboundOptions {
    std::string user_agent = "postato";
    std::string ca_file;  ///< trusted instead of the system's certificates; empty: the system's
    /// `Url::origin()` of the endpoints that the operator configured with http. Only these are
    /// called without TLS, and only on a loopback host.
    std::set<std::string> plain_origins;
    std::chrono::milliseconds connect_timeout{5'000};  ///< for each address of a host
    std::size_t max_body = 1024 * 1024;
};

/// What all calls share: certificates, deadlines, names. Thread-safe. The process must ignore
/// SIGPIPE: TLS cannot ask for silence when it writes to a connection that the peer has left.
class Outbound {
public:
    /// Throws Error{InvalidArgument} when `options.ca_file` cannot be used. `resolver` and `logger`
    /// outlive the object, and the object its clients.
    Outbound(OutboundOptions options, Resolver& resolver, const Logger& logger);
    ~Outbound();

    /// For one operation of a plugin: whatever requests it makes share the one deadline.
    std::unique_ptr<sdk::HttpClient> client(std::chrono::milliseconds deadline);

private:
    friend class PlatformHttpClient;
    struct Parts;

    OutboundOptions options_;
    Resolver& resolver_;
    const Logger& logger_;
    std::unique_ptr<Parts> parts_;
};

/// The errors are those that sdk::HttpClient promises; redirects are answers like any other. The
/// log gets method, host, path without query, and the outcome.
///
/// Every request goes out on a connection of its own and is sent once. A connection kept from an
/// earlier request may turn out dead only after the new one was written, and then nobody knows
/// whether a refresh token was spent.
class PlatformHttpClient final : public sdk::HttpClient {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    PlatformHttpClient(Outbound& outbound, Deadline deadline)
        : outbound_(outbound), deadline_(deadline) {}

    sdk::Result<sdk::HttpResponse> send(const sdk::HttpRequest& request) override;

private:
    bool mayCall(const Url& url) const;
    sdk::Result<sdk::HttpResponse> exchange(const sdk::HttpRequest& request, const Url& url);
    void log(const sdk::HttpRequest& request, const Url& url,
             const sdk::Result<sdk::HttpResponse>& result, std::chrono::milliseconds took) const;

    Outbound& outbound_;
    Deadline deadline_;
};

}  // namespace postato::net
