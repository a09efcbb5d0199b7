#pragma once

/// \file
/// The workspaces that a caller can enter, with their role there.

#include <vector>

#include "api/principal.hpp"
#include "persistence/workspace_repository.hpp"

namespace postato::api {

/// Read anew on each call. A person's role is the one they effectively have; keys have none.
std::vector<persistence::WorkspaceSummary> reachableWorkspaces(persistence::Database& database,
                                                               const Principal& principal);

}  // namespace postato::api
