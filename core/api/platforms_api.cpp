#include <algorithm>
#include <nlohmann/json.hpp>

#include "accounts/platform_breakers.hpp"
#include "accounts/platform_gateway.hpp"
#include "api/handlers.hpp"
#include "api/request_context.hpp"
#include "api/services.hpp"

namespace postato::api {
namespace {

bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

/// What the scopes that are asked for would allow.
std::vector<std::string> capabilities(const platforms::PlatformEntry& entry,
                                      const sdk::Traits& traits) {
    std::vector<std::string> names;
    for (const auto& capability : traits.capabilities)
        if (std::all_of(capability.scopes.begin(), capability.scopes.end(),
                        [&](const auto& scope) { return contains(entry.scopes, scope); }))
            names.push_back(capability.name);
    return names;
}

/// A scope that only the operator's configuration names has no meaning known to us.
nlohmann::json scopeDetails(const platforms::PlatformEntry& entry, const sdk::Traits& traits) {
    auto details = nlohmann::json::array();
    for (const auto& name : entry.scopes) {
        const auto at = std::find_if(traits.scopes.begin(), traits.scopes.end(),
                                     [&](const sdk::Scope& scope) { return scope.name == name; });
        const bool known = at != traits.scopes.end();
        details.push_back({{"name", name},
                           {"meaning", known ? at->meaning : std::string()},
                           {"required", known && at->required}});
    }
    return details;
}

/// For whoever looks at the platform, operator or not.
std::string explanation(std::string_view cause) {
    const auto incident = accounts::incidentOf(cause);
    if (incident == accounts::Incident::AppRefused)
        return "The platform refuses this app: its client_id or client_secret must be put right. "
               "No account is lost meanwhile.";
    if (incident == accounts::Incident::ManyRejected)
        return "The platform refuses many accounts at once. None is given up before it is clear "
               "that this is no mistake of the platform.";
    return "The platform does not answer usefully. Refreshes wait for it.";
}

nlohmann::json incidentJson(const persistence::PlatformIncident& incident) {
    return {{"cause", incident.cause},
            {"since", toIso8601(incident.opened_at)},
            {"message", explanation(incident.cause)}};
}

nlohmann::json platformJson(const platforms::PlatformEntry& entry) {
    const auto traits = entry.platform ? entry.platform->traits() : sdk::Traits();
    const auto state = entry.stateNow();
    const auto reason = entry.reasonNow();
    nlohmann::json json = {{"id", entry.id},
                           {"displayName", entry.display_name},
                           {"state", platforms::word(state)},
                           {"redirectUri", entry.redirect_uri},
                           {"scopes", entry.scopes},
                           {"scopeDetails", scopeDetails(entry, traits)},
                           {"capabilities", capabilities(entry, traits)},
                           {"forcesAccountChoice", traits.forces_account_choice}};
    if (!reason.empty()) json["reason"] = reason;
    return json;
}

}  // namespace

/// The same in every workspace: platforms belong to the installation.
http::Response listPlatforms(const RequestContext&, Services& services) {
    const auto open = services.breakers.open();
    auto items = nlohmann::json::array();
    for (const auto& entry : services.platforms.registry.list()) {
        auto item = platformJson(entry);
        item["incidents"] = nlohmann::json::array();
        for (const auto& incident : open)
            if (incident.platform == entry.id) item["incidents"].push_back(incidentJson(incident));
        items.push_back(std::move(item));
    }
    return http::Response::json(200, {{"items", std::move(items)}});
}

}  // namespace postato::api
