#include <nlohmann/json.hpp>

#include "app/commands/commands.hpp"
#include "app/commands/installation.hpp"
#include "util/encoding.hpp"

namespace postato::app {
namespace {

using persistence::Transaction;
using persistence::WorkspaceRepository;

constexpr std::size_t kLongestName = 200;

nlohmann::json toJson(const persistence::Workspace& workspace) {
    return {{"id", workspace.id.str()},
            {"name", workspace.name},
            {"createdAt", toIso8601(workspace.created_at)}};
}

int createWorkspace(const Arguments& arguments) {
    const auto& name = arguments.positional().front();
    if (name.empty() || name.size() > kLongestName || !isStorableText(name))
        throw UsageError("NAME must be text of 1 to 200 bytes");
    Installation installation(arguments);
    const auto now = installation.clock.now();
    const persistence::Workspace workspace{WorkspaceId::make(now, installation.random), name, now,
                                           now};
    installation.database->write([&](Transaction& tx) {
        WorkspaceRepository(tx).insert(workspace);
        audit::record(tx, workspace.id, {.type = "workspace.created", .actor = operatorHere()},
                      installation.random);
    });
    arguments.print(workspace.id.str(), toJson(workspace));
    return 0;
}

int listWorkspaces(const Arguments& arguments) {
    Installation installation(arguments);
    const auto workspaces = installation.database->read(
        [](Transaction& tx) { return WorkspaceRepository(tx).listAll(); });

    std::string text;
    auto items = nlohmann::json::array();
    for (const auto& workspace : workspaces) {
        if (!text.empty()) text += '\n';
        text += workspace.id.str() + "  " + workspace.name;
        items.push_back(toJson(workspace));
    }
    arguments.print(text.empty() ? "There are no workspaces." : text, {{"items", items}});
    return 0;
}

}  // namespace

Command workspaceCreateCommand() {
    return {"workspace create", "Make a workspace; prints its id", "NAME", {}, createWorkspace};
}

Command workspaceListCommand() {
    return {"workspace list", "List the workspaces", "", {}, listWorkspaces};
}

}  // namespace postato::app
