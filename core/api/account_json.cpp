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
    // One by one: an initializer list makes an array of each pair first, three times the work.
    nlohmann::json json;
    json["id"] = account.id.str();
    json["workspaceId"] = account.workspace_id.str();
    json["platform"] = account.platform;
    json["status"] = persistence::word(account.status);
    json["statusSince"] = toIso8601(account.status_since);
    json["scopes"] = account.scopes_granted;
    json["missingScopes"] = view.missing_scopes;
    json["connectedAt"] = toIso8601(account.connected_at);
    json["createdAt"] = toIso8601(account.created_at);
    json["updatedAt"] = toIso8601(account.updated_at);
    put(json, "username", account.profile.username);
    put(json, "displayName", account.profile.display_name);
    put(json, "avatarUrl", account.profile.avatar_url);
    put(json, "profileUrl", account.profile.profile_url);
    put(json, "accountType", account.profile.account_type);
    put(json, "expiresAt", account.access_expires_at);
    put(json, "reconnectBy", account.reconnect_by);
    if (account.status_reason) json["statusReason"] = persistence::word(*account.status_reason);
    if (account.connected_by) {
        auto& person = json["connectedBy"];
        person["id"] = *account.connected_by;
        put(person, "name", account.connected_by_email);
    }
    return json;
}

}  // namespace postato::api
