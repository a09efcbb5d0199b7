#pragma once

/// \file
/// The way into a workspace: nothing of ours makes a WorkspaceScope for a caller but this gate.

#include <optional>
#include <string_view>

#include "api/permissions.hpp"
#include "api/principal.hpp"
#include "persistence/workspace_scope.hpp"

namespace postato::persistence {
class Database;
}

namespace postato::api {

/// A workspace that the caller may enter, and what they may do there.
struct WorkspaceEntry {
    persistence::WorkspaceScope scope;
    Grants grants;
};

/// Thread-safe.
class WorkspaceGate {
public:
    explicit WorkspaceGate(persistence::Database& database) : database_(database) {}

    /// `workspace` is `wks_` + ULID or the bare ULID. Throws Error{NotFound}: a workspace that is
    /// closed to the caller and one that does not exist answer alike and cost the same queries.
    WorkspaceEntry enter(const Principal& principal, std::string_view workspace) const;

    /// The same as a question; reads the caller's right anew.
    std::optional<WorkspaceEntry> tryEnter(const Principal& principal,
                                           const WorkspaceId& workspace) const;

private:
    persistence::Database& database_;
};

}  // namespace postato::api
