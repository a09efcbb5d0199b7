#include "accounts/api_key_service.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "app/commands/commands.hpp"
#include "app/commands/installation.hpp"
#include "util/error.hpp"

namespace postato::app {
namespace {

constexpr const char* kEveryPermission = "all";

nlohmann::json toJson(const persistence::ApiKey& key) {
    auto workspaces = nlohmann::json::array();
    for (const auto& workspace : key.workspaces) workspaces.push_back(workspace.str());
    nlohmann::json out = {{"id", key.id.str()},
                          {"name", key.name},
                          {"prefix", key.prefix},
                          {"scope", key.all_workspaces ? "all" : "selected"},
                          {"workspaces", workspaces},
                          {"permissions", key.permissions},
                          {"createdAt", toIso8601(key.created_at)}};
    const auto optional = [&](const char* name, const std::optional<TimePoint>& at) {
        out[name] = at ? nlohmann::json(toIso8601(*at)) : nlohmann::json(nullptr);
    };
    optional("expiresAt", key.expires_at);
    optional("lastUsedAt", key.last_used_at);
    optional("revokedAt", key.revoked_at);
    return out;
}

std::chrono::seconds days(const std::string& text) {
    int count = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc() || stopped != end || count < 1 || count > 3650)
        throw UsageError("--expires-in must be a number of days from 1 to 3650");
    return std::chrono::hours(24) * count;
}

accounts::NewApiKey readRequest(const Arguments& arguments) {
    accounts::NewApiKey request;
    request.name = arguments.value("name").value_or("command line");
    request.all_workspaces = arguments.has("all");
    request.permissions = arguments.values("permission");
    if (request.permissions.empty())
        throw UsageError("--permission is missing; name one or more, or `all`");
    if (request.permissions == std::vector<std::string>{kEveryPermission})
        request.permissions = accounts::knownPermissions();
    const auto workspaces = arguments.values("workspace");
    if (workspaces.empty() != request.all_workspaces)
        throw UsageError("give either --workspace ID (once or more) or --all");
    if (const auto expires_in = arguments.value("expires-in"))
        request.expires_in = days(*expires_in);
    return request;
}

int createKey(const Arguments& arguments) {
    auto request = readRequest(arguments);
    Installation installation(arguments);
    for (const auto& id : arguments.values("workspace"))
        request.workspaces.push_back(installation.workspace(id).id);
    const auto made = accounts::ApiKeyService(*installation.database, installation.random)
                          .create(request, operatorHere());
    auto json = toJson(made.record);
    json["key"] = made.key.reveal();
    arguments.print(std::string(made.key.reveal()), json);
    return 0;
}

int listKeys(const Arguments& arguments) {
    Installation installation(arguments);
    const auto keys = accounts::ApiKeyService(*installation.database, installation.random).list();
    std::string text;
    auto items = nlohmann::json::array();
    for (const auto& key : keys) {
        if (!text.empty()) text += '\n';
        text += key.id.str() + "  " + key.prefix + "...  " + key.name;
        if (key.revoked_at) text += "  (revoked)";
        items.push_back(toJson(key));
    }
    arguments.print(text.empty() ? "There are no API keys." : text, {{"items", items}});
    return 0;
}

int revokeKey(const Arguments& arguments) {
    const auto& text = arguments.positional().front();
    const auto id = ApiKeyId::parse(text);
    Installation installation(arguments);
    if (!id || !accounts::ApiKeyService(*installation.database, installation.random)
                    .revoke(*id, operatorHere()))
        throw Error(ErrorCode::NotFound,
                    PublicMessage{"There is no API key " + text +
                                  " that could be revoked; see `postato api-key list`"});
    arguments.print("Revoked.", {{"id", id->str()}, {"revoked", true}});
    return 0;
}

}  // namespace

Command apiKeyCreateCommand() {
    return {
        "api-key create",
        "Make an API key; prints it, this once",
        "",
        {{"name", "NAME", "what it is for"},
         {"workspace", "ID", "a workspace it may enter; repeat for several", true},
         {"all", "", "it may enter every workspace"},
         {"permission", "PERMISSION", "such as accounts.read; repeat for several, or `all`", true},
         {"expires-in", "DAYS", "when it ends by itself (default: never)"}},
        createKey};
}

Command apiKeyListCommand() {
    return {"api-key list", "List the API keys by their first characters", "", {}, listKeys};
}

Command apiKeyRevokeCommand() {
    return {"api-key revoke", "End an API key at once", "ID", {}, revokeKey};
}

}  // namespace postato::app
