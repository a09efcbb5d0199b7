#include "persistence/identity_repository.hpp"
#include "persistence/text_lists.hpp"

namespace postato::persistence {
namespace {

#define POSTATO_API_KEY_COLUMNS                                                                 \
    "SELECT id, name, prefix, hash, scope, permissions, created_at, expires_at, last_used_at, " \
    "revoked_at FROM api_keys "
constexpr const char* kApiKeyTypes = "ttttttiiii";

ApiKey apiKeyOf(const Row& row) {
    ApiKey key{.id = ApiKeyId::trusted(row.text(0))};
    key.name = row.text(1);
    key.prefix = row.text(2);
    key.hash = row.text(3);
    key.all_workspaces = row.text(4) == "all";
    key.permissions = splitWords(row.text(5));
    key.created_at = row.time(6);
    key.expires_at = row.optionalTime(7);
    key.last_used_at = row.optionalTime(8);
    key.revoked_at = row.optionalTime(9);
    return key;
}

}  // namespace

constexpr Statement kInsert{
    "api_key.insert",
    "INSERT INTO api_keys (id, name, prefix, hash, scope, permissions, created_at, expires_at) "
    "VALUES (:id, :name, :prefix, :hash, :scope, :permissions, :created_at, :expires_at)"};
constexpr Statement kInsertWorkspace{
    "api_key.insert_workspace",
    "INSERT INTO api_key_workspaces (api_key_id, workspace_id) VALUES (:key, :ws)"};

void ApiKeyRepository::insert(const ApiKey& key) {
    tx_.execute(kInsert,
                {arg("id", key.id.str()), arg("name", key.name), arg("prefix", key.prefix),
                 arg("hash", key.hash), arg("scope", key.all_workspaces ? "all" : "selected"),
                 arg("permissions", joinWords(key.permissions)), arg("created_at", key.created_at),
                 arg("expires_at", key.expires_at)});
    for (const auto& workspace : key.workspaces)
        tx_.execute(kInsertWorkspace, {arg("key", key.id.str()), arg("ws", workspace.str())});
}

constexpr Statement kFindUsable{"api_key.find_usable",
                                POSTATO_API_KEY_COLUMNS
                                "WHERE hash = :hash AND revoked_at IS NULL "
                                "AND (expires_at IS NULL OR expires_at > :now)",
                                kApiKeyTypes};

std::optional<ApiKey> ApiKeyRepository::findUsable(const std::string& hash) {
    const auto row = tx_.queryOne(kFindUsable, {arg("hash", hash), arg("now", tx_.now())});
    return row ? std::optional(apiKeyOf(*row)) : std::nullopt;
}

constexpr Statement kMayEnter{
    "api_key.may_enter",
    "SELECT COUNT(*) FROM workspaces w WHERE w.id = :ws AND w.deleted_at IS NULL AND EXISTS ("
    "SELECT 1 FROM api_keys k LEFT JOIN api_key_workspaces g "
    "ON g.api_key_id = k.id AND g.workspace_id = :ws "
    "WHERE k.id = :key AND (k.scope = 'all' OR g.workspace_id IS NOT NULL))",
    "i"};

bool ApiKeyRepository::mayEnter(const ApiKeyId& key, const WorkspaceId& workspace) {
    return tx_.queryOne(kMayEnter, {arg("ws", workspace.str()), arg("key", key.str())})
               ->integer(0) != 0;
}

constexpr Statement kList{"api_key.list", POSTATO_API_KEY_COLUMNS "ORDER BY created_at, id",
                          kApiKeyTypes};
constexpr Statement kListGrants{"api_key.list_grants",
                                "SELECT api_key_id, workspace_id FROM api_key_workspaces "
                                "ORDER BY api_key_id, workspace_id",
                                "tt"};

std::vector<ApiKey> ApiKeyRepository::list() {
    std::vector<ApiKey> keys;
    for (const auto& row : tx_.query(kList)) keys.push_back(apiKeyOf(row));
    for (const auto& grant : tx_.query(kListGrants))
        for (auto& key : keys)
            if (key.id.str() == grant.text(0))
                key.workspaces.push_back(WorkspaceId::trusted(grant.text(1)));
    return keys;
}

constexpr Statement kRevoke{
    "api_key.revoke",
    "UPDATE api_keys SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL"};

bool ApiKeyRepository::revoke(const ApiKeyId& id) {
    return tx_.execute(kRevoke, {arg("now", tx_.now()), arg("id", id.str())}) == 1;
}

constexpr Statement kTouch{"api_key.touch",
                           "UPDATE api_keys SET last_used_at = :at WHERE id = :id"};

void ApiKeyRepository::touch(const ApiKeyId& id, TimePoint used_at) {
    tx_.execute(kTouch, {arg("at", used_at), arg("id", id.str())});
}

}  // namespace postato::persistence
