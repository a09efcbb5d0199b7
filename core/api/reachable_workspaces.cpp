#include "api/reachable_workspaces.hpp"

#include "persistence/database.hpp"

namespace postato::api {
namespace {

using Summaries = std::vector<persistence::WorkspaceSummary>;

Summaries ofPerson(persistence::WorkspaceRepository& workspaces, const DashboardCaller& person) {
    if (!person.reachesEveryWorkspace()) return workspaces.summariesOfMember(person.user.id);
    auto summaries = workspaces.summariesOfAll();
    for (auto& summary : summaries) summary.role = "admin";
    return summaries;
}

}  // namespace

Summaries reachableWorkspaces(persistence::Database& database, const Principal& principal) {
    return database.read([&](persistence::Transaction& tx) -> Summaries {
        persistence::WorkspaceRepository workspaces(tx);
        if (const auto* person = principal.person()) return ofPerson(workspaces, *person);
        const auto* key = principal.apiKey();
        if (key == nullptr) return {};
        return key->all_workspaces ? workspaces.summariesOfAll()
                                   : workspaces.summariesOfApiKey(key->id);
    });
}

}  // namespace postato::api
