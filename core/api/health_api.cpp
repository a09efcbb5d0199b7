#include <nlohmann/json.hpp>

#include "api/handlers.hpp"
#include "api/readiness.hpp"
#include "api/services.hpp"

namespace postato::api {

/// The process runs. Asks nothing and nobody: a database that is away is no reason to restart it.
http::Response reportAlive(const RequestContext&, Services&) {
    return http::Response::json(200, {{"status", "ok"}});
}

http::Response reportReady(const RequestContext&, Services& services) {
    const bool ready = services.readiness.ready();
    return http::Response::json(ready ? 200 : 503, {{"status", ready ? "ok" : "unavailable"}});
}

}  // namespace postato::api
