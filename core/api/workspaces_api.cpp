#include <nlohmann/json.hpp>

#include "api/handlers.hpp"
#include "api/reachable_workspaces.hpp"
#include "api/request_context.hpp"
#include "api/services.hpp"

namespace postato::api {

http::Response listWorkspaces(const RequestContext& context, Services& services) {
    auto items = nlohmann::json::array();
    for (const auto& summary : reachableWorkspaces(services.database, context.principal())) {
        const auto& workspace = summary.workspace;
        nlohmann::json item = {{"id", workspace.id.str()},
                               {"name", workspace.name},
                               {"createdAt", toIso8601(workspace.created_at)},
                               {"updatedAt", toIso8601(workspace.updated_at)},
                               {"connectedAccountCount", summary.connected_account_count},
                               {"connectedPlatforms", summary.connected_platforms},
                               {"memberCount", summary.member_count},
                               {"recentPostCount", 0}};  // there are no posts yet
        if (summary.role) item["role"] = *summary.role;
        items.push_back(std::move(item));
    }
    return http::Response::json(200, {{"items", std::move(items)}});
}

}  // namespace postato::api
