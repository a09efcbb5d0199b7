#pragma once

/// \file
/// The name of a workspace, for pages.

#include <string>

#include "util/ids.hpp"

namespace postato::persistence {
class Database;
}

namespace postato::api {

/// The id where the workspace is gone.
std::string workspaceName(persistence::Database& database, const WorkspaceId& workspace);

}  // namespace postato::api
