#pragma once

/// \file
/// The outbound client: how a plugin's requests leave this host.

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "net/resolver.hpp"
#include "net/url.hpp"
#include "net/watchdog.hpp"
#include "postato/sdk/http.hpp"
#include "util/log.hpp"

namespace postato::net {

struct OutboundOptions {
    std::string ca_file;  ///< empty: the system's certificate authorities
    std::set<std::string>
        plain_origins;  ///< `Url::origin()` of configured http endpoints, all loopback
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds resolve_timeout{5'000};
    std::size_t max_head = 32 * 1024;
    std::size_t max_body = 1024 * 1024;
    std::string user_agent = "postato";
};

/// What all calls share: certificates, the watchdog, the resolver. Thread-safe.
class Outbound {
public:
    Outbound(OutboundOptions options, Resolver& resolver, const Logger& log);
    ~Outbound();

    /// A client for one piece of work; all its calls together end by the deadline.
    std::unique_ptr<sdk::HttpClient> client(std::chrono::milliseconds deadline);

private:
    friend class PlatformHttpClient;
    struct Tls;

    OutboundOptions options_;
    Resolver& resolver_;
    const Logger& log_;
    Watchdog watchdog_;
    std::unique_ptr<Tls> tls_;
};

/// https only, TLS 1.2 or newer, the certificate checked for the URL's host by OpenSSL itself; http
/// only to a configured loopback origin. A connection of its own for every call and no retries: a
/// replayed POST could spend a token twice. No redirects. An answer counts only when complete.
class PlatformHttpClient final : public sdk::HttpClient {
public:
    PlatformHttpClient(Outbound& outbound, Watchdog::TimePoint deadline)
        : outbound_(outbound), deadline_(deadline) {}

    sdk::Result<sdk::HttpResponse> send(const sdk::HttpRequest& request) override;

private:
    Outbound& outbound_;
    Watchdog::TimePoint deadline_;
};

}  // namespace postato::net
