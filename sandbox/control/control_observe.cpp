// The calls that only look.

#include <nlohmann/json.hpp>

#include "control/control_api.hpp"
#include "pages/pages.hpp"

namespace postato::sandbox {

Response ControlApi::index(Call& call) {
    return Response::html(200, indexPage(call.request.origin()));
}

Response ControlApi::health(Call&) { return Response::json(200, {{"status", "ok"}}); }

Response ControlApi::oracle(Call& call) {
    const auto platform = queryPlatform(call);
    if (platform.empty()) throw BadCall("The query must name a platform: ?platform=twitter.");
    Json grants = Json::array();
    for (const auto& grant : world_.grants.all()) {
        if (grant.platform != platform) continue;
        grants.push_back({{"personId", grant.person_id},
                          {"alive", world_.alive(grant)},
                          {"generation", grant.generation},
                          {"rotations", grant.rotations},
                          {"reuseAttempts", grant.reuse_attempts},
                          {"scopes", grant.scopes}});
    }
    Json requests = Json::object();
    for (const auto& [endpoint, name] : kEndpointNames) {
        // Authorization pages belong to the browser, not to what the product asks for.
        if (endpoint != Endpoint::Authorize) {
            requests[std::string(name)] = world_.at(platform).requests[endpoint];
        }
    }
    return Response::json(
        200, {{"grants", grants}, {"requests", requests}, {"published", Json::array()}});
}

Response ControlApi::showSwitches(Call& call) {
    const auto platform = queryPlatform(call);
    if (platform.empty()) throw BadCall("The query must name a platform: ?platform=twitter.");
    return Response::json(200, {{"switches", world_.at(platform).switches.describe()}});
}

Response ControlApi::showClients(Call& call) {
    const auto only = queryPlatform(call);
    Json clients = Json::array();
    for (const auto& client : world_.clients.list()) {
        if (!only.empty() && only != client.platform) continue;
        clients.push_back({{"platform", client.platform},
                           {"clientId", client.id},
                           {"redirectUris", client.redirect_uris},
                           {"public", client.is_public},
                           {"disabled", client.disabled}});
    }
    return Response::json(200, {{"clients", clients}});
}

Response ControlApi::showJournal(Call& call) {
    const auto endpoint = call.request.query.get("endpoint");
    return Response::json(200, {{"requests", journal_.list(queryPlatform(call), endpoint)}});
}

Response ControlApi::showBarriers(Call&) {
    return Response::json(200, {{"barriers", barriers_.describe()}});
}

Response ControlApi::showClock(Call&) {
    return Response::json(200, {{"success", true}, {"now", world_.clock.now()}});
}

}  // namespace postato::sandbox
