#include <nlohmann/json.hpp>

#include "accounts/connection_service.hpp"
#include "api/authorization_origin.hpp"
#include "api/body_reader.hpp"
#include "api/connect_flow.hpp"
#include "api/connect_pages.hpp"
#include "api/handlers.hpp"
#include "api/permissions.hpp"
#include "api/services.hpp"
#include "api/targets.hpp"
#include "api/workspace_names.hpp"

namespace postato::api {
namespace {

using http::Response;

constexpr std::size_t kLongestReturnTo = 16 * 1024;  // longer than any we know: then it is ignored

/// What a start is asked for, from wherever it came.
struct StartRequest {
    std::string workspace;
    std::optional<std::string> account;
    std::optional<std::string> return_to;
};

StartRequest readParameters(const http::QueryParameters& parameters) {
    const auto value = [&](std::string_view name) -> std::optional<std::string> {
        const auto* text = parameters.unique(name, kLongestReturnTo);
        if (text == nullptr || text->empty()) return std::nullopt;
        return *text;
    };
    auto workspace = value("workspaceId");
    if (!workspace) throw invalidField("workspaceId", "Required");
    return {std::move(*workspace), value("accountId"), value("returnTo")};
}

StartRequest readJson(const http::Request& request) {
    BodyReader body(request);
    StartRequest start{body.text("workspaceId"), body.optionalText("accountId"),
                       body.optionalText("returnTo", kLongestReturnTo)};
    body.finish();
    return start;
}

accounts::ConnectStart toStart(const RequestContext& context, const StartRequest& request) {
    accounts::ConnectStart start;
    start.platform = context.pathParameter("platform");
    start.person = context.principal().signedIn();
    start.origin = context.request().client_network;
    start.return_to = returnPath(request.return_to.value_or(""));
    if (request.account) {
        start.reconnect_account = AccountId::parse(*request.account);
        if (!start.reconnect_account) throw notFound("Account");
    }
    return start;
}

WorkspaceEntry enter(const RequestContext& context, const StartRequest& request,
                     Services& services) {
    auto entry = WorkspaceGate(services.database).enter(context.principal(), request.workspace);
    entry.grants.require(permission::kAccountsConnect);
    return entry;
}

Response sendToPlatform(const accounts::ConnectStarted& started, Services& services) {
    auto response = redirectTo(started.authorization_url, services);
    bindBrowser(response, started);
    return response;
}

}  // namespace

Response offerConnection(const RequestContext& context, Services& services) {
    const auto request = readParameters(context.query());
    const auto entry = enter(context, request, services);
    const auto start = toStart(context, request);
    const auto* site = context.request().header("sec-fetch-site");
    if (site != nullptr && *site == "same-origin")
        return sendToPlatform(services.connections.start(entry.scope, start), services);

    // Somebody else's page, a bookmark or an old browser: a person must press the button (CON-01).
    const auto& platform = services.platforms.require(start.platform);
    return startPage(services,
                     {.platform = platform.id,
                      .platform_name = platform.display_name,
                      .workspace_id = entry.scope.id().str(),
                      .workspace_name = workspaceName(services.database, entry.scope.id()),
                      .account_id = start.reconnect_account ? start.reconnect_account->str() : "",
                      .return_to = start.return_to.value_or(""),
                      .csrf_token = context.principal().person()->csrf_token,
                      .authorization_origin = authorizationOrigin(platform),
                      .forces_account_choice = platform.platform->traits().forces_account_choice});
}

Response beginConnection(const RequestContext& context, Services& services) {
    const bool is_form = mediaType(context.request()) == kFormType;
    const auto request =
        is_form ? readParameters(readForm(context.request())) : readJson(context.request());
    const auto entry = enter(context, request, services);
    const auto started = services.connections.start(entry.scope, toStart(context, request));
    if (is_form) return sendToPlatform(started, services);
    auto response = Response::json(200, {{"url", started.authorization_url}});
    bindBrowser(response, started);
    return response;
}

}  // namespace postato::api
