#include "api/workspace_names.hpp"

#include "persistence/database.hpp"
#include "persistence/workspace_repository.hpp"

namespace postato::api {

std::string workspaceName(persistence::Database& database, const WorkspaceId& workspace) {
    const auto found = database.read([&](persistence::Transaction& tx) {
        return persistence::WorkspaceRepository(tx).find(workspace);
    });
    return found ? found->name : workspace.str();
}

}  // namespace postato::api
