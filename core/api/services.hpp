#pragma once

/// \file
/// What the handlers work with. Built once by the composition root, which owns all of it.

#include <string>
#include <vector>

#include "http/headers.hpp"
#include "postato/sdk/secret.hpp"
#include "util/clock.hpp"
#include "util/log.hpp"
#include "util/random.hpp"

namespace postato::persistence {
class Database;
}

namespace postato::accounts {
class AccountService;
class ApiKeyService;
class ConnectionService;
class ConnectLinkService;
class PlatformBreakers;
struct PlatformGateway;
class RefreshOnDemand;
class SignInService;
}  // namespace postato::accounts

namespace postato::metrics {
class Metrics;
}

namespace postato::api {

class Readiness;
class StaticFiles;

struct ApiOptions {
    std::string public_url;  ///< without a trailing slash; what browsers and platforms see
    /// Origins that connect links may return to, besides our own: "https://app.example.com".
    std::vector<std::string> return_origins;
    sdk::Secret metrics_token;  ///< who may read /metrics; empty: nobody
    /// Wrong API keys per minute and address before the answer becomes 429.
    int wrong_keys_per_minute = 30;

    bool https() const { return public_url.starts_with("https://"); }
};

/// Every member is thread-safe and outlives the Dispatcher.
struct Services {
    persistence::Database& database;
    accounts::AccountService& accounts;
    accounts::ConnectionService& connections;
    accounts::ConnectLinkService& connect_links;
    accounts::RefreshOnDemand& refresh_on_demand;
    accounts::SignInService& sign_in;
    accounts::ApiKeyService& api_keys;
    const accounts::PlatformGateway& platforms;
    accounts::PlatformBreakers& breakers;
    const StaticFiles& static_files;
    Readiness& readiness;
    const metrics::Metrics& metrics;
    Random& random;
    const Clock& clock;
    const Logger& log;
    ApiOptions options;

    http::SecurityHeaders securityHeaders() const { return http::SecurityHeaders(options.https()); }
};

}  // namespace postato::api
