#include <algorithm>
#include <nlohmann/json.hpp>

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
    auto items = nlohmann::json::array();
    for (const auto& entry : services.platforms.registry.list())
        items.push_back(platformJson(entry));
    return http::Response::json(200, {{"items", std::move(items)}});
}

}  // namespace postato::api
