#include <nlohmann/json.hpp>

#include "accounts/account_service.hpp"
#include "api/handlers.hpp"
#include "api/list_query.hpp"
#include "api/request_context.hpp"
#include "api/services.hpp"

namespace postato::api {
namespace {

nlohmann::json tokenJson(const persistence::Account& account, bool refreshable) {
    nlohmann::json token = {{"expiresAt", nullptr}, {"refreshable", refreshable}};
    if (account.access_expires_at) token["expiresAt"] = toIso8601(*account.access_expires_at);
    if (account.reconnect_by) token["reconnectBy"] = toIso8601(*account.reconnect_by);
    return token;
}

}  // namespace

http::Response showAccountHealth(const RequestContext& context, Services& services) {
    const auto parameters = context.query();
    QueryReader query(parameters);
    const bool probe = query.flag("probe");
    query.finish();

    const auto health = services.accounts.health(context.workspace(), context.accountId(), probe);
    const auto& account = health.view.account;
    auto advice = nlohmann::json::array();
    for (const auto& item : health.advice)
        advice.push_back({{"code", item.code}, {"message", item.message}});
    nlohmann::json json = {{"status", persistence::word(account.status)},
                           {"token", tokenJson(account, health.refreshable)},
                           {"scopes",
                            {{"requested", account.scopes_requested},
                             {"granted", account.scopes_granted},
                             {"missing", health.view.missing_scopes}}},
                           {"advice", std::move(advice)}};
    if (account.status_reason) json["statusReason"] = persistence::word(*account.status_reason);
    if (health.probed_at) json["probedAt"] = toIso8601(*health.probed_at);
    return http::Response::json(200, json);
}

}  // namespace postato::api
