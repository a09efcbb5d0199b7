#pragma once

/// \file
/// Workspaces and who may enter them.

#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"
#include "persistence/workspace_scope.hpp"
#include "util/ids.hpp"

namespace postato::persistence {

struct Workspace {
    WorkspaceId id;
    std::string name;
    TimePoint created_at;
    TimePoint updated_at;
};

/// With the figures that the list of workspaces shows.
struct WorkspaceSummary {
    Workspace workspace;
    std::int64_t connected_account_count = 0;
    std::vector<std::string>
        connected_platforms;  ///< sorted, of live accounts with status connected
    std::int64_t member_count = 0;
    std::optional<std::string> role;  ///< of the asking member
};

/// Live workspaces only. These functions decide or name who may enter, so they come before a scope.
class WorkspaceRepository {
public:
    explicit WorkspaceRepository(Transaction& tx) : tx_(tx) {}

    void insert(const Workspace& workspace);
    bool exists(const WorkspaceId& id);
    std::optional<Workspace> find(const WorkspaceId& id);
    std::vector<Workspace> listAll();

    std::vector<WorkspaceSummary> summariesOfAll();
    std::vector<WorkspaceSummary> summariesOfMember(const UserId& user);
    std::vector<WorkspaceSummary> summariesOfApiKey(const ApiKeyId& key);

    void addMember(const WorkspaceId& workspace, const UserId& user, const std::string& role);
    /// `admin`, `editor`, `viewer`, or nothing.
    std::optional<std::string> roleOf(const WorkspaceId& workspace, const UserId& user);

private:
    Transaction& tx_;
};

}  // namespace postato::persistence
