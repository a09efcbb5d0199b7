#include "api/account_json.hpp"

#include <nlohmann/json.hpp>

namespace postato::api {
namespace {

void put(nlohmann::json& object, const char* name, const std::optional<std::string>& value) {
    if (value) object[name] = *value;
}

void put(nlohmann::json& object, const char* name, const std::optional<TimePoint>& at) {
    if (at) object[name] = toIso8601(*at);
}

}  // namespace

nlohmann::json accountJson(const accounts::AccountView& view) {
    const auto& account = view.account;
    nlohmann::json json = {{"id", account.id.str()},
                           {"workspaceId", account.workspace_id.str()},
                           {"platform", account.platform},
                           {"status", persistence::word(account.status)},
                           {"statusSince", toIso8601(account.status_since)},
                           {"scopes", account.scopes_granted},
                           {"missingScopes", view.missing_scopes},
                           {"connectedAt", toIso8601(account.connected_at)},
                           {"createdAt", toIso8601(account.created_at)},
                           {"updatedAt", toIso8601(account.updated_at)}};
    put(json, "username", account.profile.username);
    put(json, "displayName", account.profile.display_name);
    put(json, "avatarUrl", account.profile.avatar_url);
    put(json, "profileUrl", account.profile.profile_url);
    put(json, "accountType", account.profile.account_type);
    put(json, "expiresAt", account.access_expires_at);
    put(json, "reconnectBy", account.reconnect_by);
    if (account.status_reason) json["statusReason"] = persistence::word(*account.status_reason);
    if (account.connected_by) {
        json["connectedBy"] = {{"id", *account.connected_by}};
        put(json["connectedBy"], "name", view.connected_by_name);
    }
    return json;
}

}  // namespace postato::api
