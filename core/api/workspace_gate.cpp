#include "api/workspace_gate.hpp"

#include "persistence/database.hpp"
#include "persistence/identity_repository.hpp"
#include "persistence/workspace_repository.hpp"

namespace postato::api {
namespace {

std::optional<WorkspaceId> parseWorkspaceId(std::string_view text) {
    if (isUlid(text)) return WorkspaceId::parse("wks_" + std::string(text));
    return WorkspaceId::parse(text);
}

std::optional<Grants> grantsOf(persistence::Transaction& tx, const persistence::ApiKey& key,
                               const WorkspaceId& workspace) {
    if (!persistence::ApiKeyRepository(tx).mayEnter(key.id, workspace)) return std::nullopt;
    return Grants(key.permissions);
}

std::optional<Grants> grantsOf(persistence::Transaction& tx, const DashboardCaller& person,
                               const WorkspaceId& workspace) {
    persistence::WorkspaceRepository workspaces(tx);
    if (person.reachesEveryWorkspace()) {
        if (!workspaces.exists(workspace)) return std::nullopt;
        return Grants::ofRole("admin");
    }
    const auto role = workspaces.roleOf(workspace, person.user.id);
    if (!role) return std::nullopt;
    return Grants::ofRole(*role);
}

}  // namespace

WorkspaceEntry WorkspaceGate::enter(const Principal& principal, std::string_view workspace) const {
    const auto id = parseWorkspaceId(workspace);
    auto entry = id ? tryEnter(principal, *id) : std::nullopt;
    if (!entry) throw notFound("Workspace");
    return std::move(*entry);
}

std::optional<WorkspaceEntry> WorkspaceGate::tryEnter(const Principal& principal,
                                                      const WorkspaceId& workspace) const {
    const auto grants = database_.read([&](persistence::Transaction& tx) -> std::optional<Grants> {
        if (const auto* key = principal.apiKey()) return grantsOf(tx, *key, workspace);
        if (const auto* person = principal.person()) return grantsOf(tx, *person, workspace);
        return std::nullopt;
    });
    if (!grants) return std::nullopt;
    return WorkspaceEntry{persistence::WorkspaceScope(workspace), *grants};
}

}  // namespace postato::api
