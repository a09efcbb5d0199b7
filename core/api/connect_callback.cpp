#include <set>

#include "accounts/connection_service.hpp"
#include "api/connect_flow.hpp"
#include "api/connect_pages.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"

namespace postato::api {
namespace {

using http::Response;
using State = accounts::ConnectResult::State;

constexpr const char* kUnknown = "unknown_state";
constexpr http::QueryLimits kCallbackLimits = {.pairs = 32, .name_bytes = 128, .value_bytes = 2048};

/// Nothing when the query could mean two things: a repeated name, both `code` and `error`.
std::optional<sdk::CallbackParameters> readCallback(const http::Request& request) {
    const auto parameters = http::QueryParameters::parse(request.query, kCallbackLimits);
    if (!parameters) return std::nullopt;
    std::set<std::string> names;
    for (const auto& [name, value] : parameters->all())
        if (!names.insert(name).second) return std::nullopt;
    if (names.contains("code") && names.contains("error")) return std::nullopt;
    return parameters->all();
}

}  // namespace

Response completeConnection(const RequestContext& context, Services& services) {
    const auto& platform = context.pathParameter("platform");
    auto parameters = readCallback(context.request());
    if (!parameters) return refusedPage(services, platform, kUnknown);

    accounts::ConnectCallback callback;
    callback.platform = platform;
    callback.parameters = std::move(*parameters);
    callback.browser_secret = [&](const ConnectionId& connection) {
        return browserSecret(context.request(), connection);
    };
    callback.person = context.principal().signedIn();
    callback.may_connect = mayConnect(context, services);
    return land(services.connections.callback(callback), context, services);
}

Response showConnectResult(const RequestContext& context, Services& services) {
    const auto connection = connectionOf(context.query());
    if (!connection) return refusedPage(services, context.pathParameter("platform"), kUnknown);
    const auto result = services.connections.result(askAbout(*connection, context, services));
    if (result.state == State::Refused || destination(result, services) != resultPath(result))
        return land(result, context, services);
    return resultPage(services, result);
}

}  // namespace postato::api
