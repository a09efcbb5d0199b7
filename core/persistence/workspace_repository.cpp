#include "persistence/workspace_repository.hpp"

#include "persistence/text_lists.hpp"

namespace postato::persistence {
namespace {

Workspace workspaceOf(const Row& row) {
    return {WorkspaceId::trusted(row.text(0)), row.text(1), row.time(2), row.time(3)};
}

// One row a workspace; the platforms are counted apart, since no aggregate of text is common to
// both databases.
#define POSTATO_SUMMARY_COLUMNS                         \
    "SELECT w.id, w.name, w.created_at, w.updated_at, " \
    "(SELECT COUNT(*) FROM workspace_members c WHERE c.workspace_id = w.id)"

std::vector<WorkspaceSummary> summariesOf(const std::vector<Row>& rows,
                                          const std::vector<Row>& platforms) {
    std::vector<WorkspaceSummary> summaries;
    for (const auto& row : rows) {
        WorkspaceSummary summary{.workspace = workspaceOf(row)};
        summary.member_count = row.integer(4);
        summary.role = row.optionalText(5);
        for (const auto& platform : platforms) {
            if (platform.text(0) != summary.workspace.id.str()) continue;
            summary.connected_platforms.push_back(platform.text(1));
            summary.connected_account_count += platform.integer(2);
        }
        summaries.push_back(std::move(summary));
    }
    return summaries;
}

}  // namespace

constexpr Statement kInsert{"workspace.insert",
                            "INSERT INTO workspaces (id, name, created_at, updated_at) "
                            "VALUES (:id, :name, :created_at, :updated_at)"};

void WorkspaceRepository::insert(const Workspace& workspace) {
    tx_.execute(kInsert,
                {arg("id", workspace.id.str()), arg("name", workspace.name),
                 arg("created_at", workspace.created_at), arg("updated_at", workspace.updated_at)});
}

bool WorkspaceRepository::exists(const WorkspaceId& id) { return find(id).has_value(); }

constexpr Statement kFind{"workspace.find",
                          "SELECT id, name, created_at, updated_at FROM workspaces "
                          "WHERE id = :id AND deleted_at IS NULL",
                          "ttii"};

std::optional<Workspace> WorkspaceRepository::find(const WorkspaceId& id) {
    const auto row = tx_.queryOne(kFind, {arg("id", id.str())});
    return row ? std::optional(workspaceOf(*row)) : std::nullopt;
}

constexpr Statement kListAll{"workspace.list_all",
                             "SELECT id, name, created_at, updated_at FROM workspaces "
                             "WHERE deleted_at IS NULL ORDER BY created_at, id",
                             "ttii"};

std::vector<Workspace> WorkspaceRepository::listAll() {
    std::vector<Workspace> workspaces;
    for (const auto& row : tx_.query(kListAll)) workspaces.push_back(workspaceOf(row));
    return workspaces;
}

#define POSTATO_PLATFORM_COUNTS                                           \
    "SELECT a.workspace_id, a.platform, COUNT(*) FROM social_accounts a " \
    "WHERE a.deleted_at IS NULL AND a.status = 'connected'"
#define POSTATO_PLATFORM_GROUPS \
    " GROUP BY a.workspace_id, a.platform ORDER BY a.workspace_id, a.platform"

constexpr Statement kSummariesOfAll{"workspace.summaries_of_all",
                                    POSTATO_SUMMARY_COLUMNS
                                    ", NULL FROM workspaces w WHERE w.deleted_at IS NULL "
                                    "ORDER BY w.created_at, w.id",
                                    "ttiiit"};
constexpr Statement kPlatformsOfAll{"workspace.platforms_of_all",
                                    POSTATO_PLATFORM_COUNTS POSTATO_PLATFORM_GROUPS, "tti"};

std::vector<WorkspaceSummary> WorkspaceRepository::summariesOfAll() {
    return summariesOf(tx_.query(kSummariesOfAll), tx_.query(kPlatformsOfAll));
}

constexpr Statement kSummariesOfMember{
    "workspace.summaries_of_member",
    POSTATO_SUMMARY_COLUMNS
    ", m.role FROM workspaces w JOIN workspace_members m ON m.workspace_id = w.id "
    "WHERE m.user_id = :user AND w.deleted_at IS NULL ORDER BY w.created_at, w.id",
    "ttiiit"};
constexpr Statement kPlatformsOfMember{
    "workspace.platforms_of_member",
    POSTATO_PLATFORM_COUNTS
    " AND a.workspace_id IN (SELECT m.workspace_id FROM workspace_members m "
    "WHERE m.user_id = :user)" POSTATO_PLATFORM_GROUPS,
    "tti"};

std::vector<WorkspaceSummary> WorkspaceRepository::summariesOfMember(const UserId& user) {
    const Parameters parameters = {arg("user", user.str())};
    return summariesOf(tx_.query(kSummariesOfMember, parameters),
                       tx_.query(kPlatformsOfMember, parameters));
}

constexpr Statement kSummariesOfApiKey{
    "workspace.summaries_of_api_key",
    POSTATO_SUMMARY_COLUMNS
    ", NULL FROM workspaces w JOIN api_key_workspaces k ON k.workspace_id = w.id "
    "WHERE k.api_key_id = :key AND w.deleted_at IS NULL ORDER BY w.created_at, w.id",
    "ttiiit"};
constexpr Statement kPlatformsOfApiKey{
    "workspace.platforms_of_api_key",
    POSTATO_PLATFORM_COUNTS
    " AND a.workspace_id IN (SELECT k.workspace_id FROM api_key_workspaces k "
    "WHERE k.api_key_id = :key)" POSTATO_PLATFORM_GROUPS,
    "tti"};

std::vector<WorkspaceSummary> WorkspaceRepository::summariesOfApiKey(const ApiKeyId& key) {
    const Parameters parameters = {arg("key", key.str())};
    return summariesOf(tx_.query(kSummariesOfApiKey, parameters),
                       tx_.query(kPlatformsOfApiKey, parameters));
}

constexpr Statement kAddMember{
    "workspace.add_member",
    "INSERT INTO workspace_members (workspace_id, user_id, role, created_at) "
    "VALUES (:ws, :user, :role, :now) "
    "ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = :role"};

void WorkspaceRepository::addMember(const WorkspaceId& workspace, const UserId& user,
                                    const std::string& role) {
    tx_.execute(kAddMember, {arg("ws", workspace.str()), arg("user", user.str()), arg("role", role),
                             arg("now", tx_.now())});
}

constexpr Statement kRoleOf{"workspace.role_of",
                            "SELECT m.role FROM workspace_members m "
                            "JOIN workspaces w ON w.id = m.workspace_id "
                            "WHERE m.workspace_id = :ws AND m.user_id = :user "
                            "AND w.deleted_at IS NULL",
                            "t"};

std::optional<std::string> WorkspaceRepository::roleOf(const WorkspaceId& workspace,
                                                       const UserId& user) {
    const auto row = tx_.queryOne(kRoleOf, {arg("ws", workspace.str()), arg("user", user.str())});
    return row ? std::optional(row->text(0)) : std::nullopt;
}

}  // namespace postato::persistence
