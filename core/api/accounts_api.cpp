#include <algorithm>
#include <nlohmann/json.hpp>

#include "accounts/account_service.hpp"
#include "accounts/refresh_on_demand.hpp"
#include "api/account_json.hpp"
#include "api/body_reader.hpp"
#include "api/handlers.hpp"
#include "api/list_query.hpp"
#include "api/request_context.hpp"
#include "api/services.hpp"

namespace postato::api {
namespace {

using http::Response;

constexpr std::size_t kLongestPlatform = 32;

bool isPlatformId(std::string_view text) {
    return !text.empty() && text.size() <= kLongestPlatform &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

persistence::AccountFilter readFilter(QueryReader& query) {
    persistence::AccountFilter filter;
    if (const auto* platform = query.text("platform")) {
        if (!isPlatformId(*platform)) query.problem("platform", "Is not the id of a platform");
        filter.platform = *platform;
    }
    if (const auto* status = query.text("status")) {
        // "active" is what the public documentation also calls it.
        filter.status =
            persistence::parseAccountStatus(*status == "active" ? "connected" : *status);
        if (!filter.status)
            query.problem("status", "Must be connected, token_expired or suspended");
    }
    return filter;
}

}  // namespace

Response listAccounts(const RequestContext& context, Services& services) {
    const auto parameters = context.query();
    QueryReader query(parameters);
    const auto filter = readFilter(query);
    const auto page = readPage(query);
    const bool with_total = query.flag("total");
    query.finish();

    persistence::AccountPage rows{.limit = page.limit, .offset = page.offset};
    if (page.cursor) {
        rows.after_created_at = page.cursor->at;
        rows.after_id = page.cursor->id;
    }
    const auto list = services.accounts.list(context.workspace(), filter, rows, with_total);
    auto items = nlohmann::json::array();
    for (const auto& view : list.items) items.push_back(accountJson(view));
    std::optional<Cursor> next;
    if (list.more) {
        const auto& last = list.items.back().account;
        next = Cursor{last.created_at, last.id.str()};
    }
    return Response::json(200, pageEnvelope(page, std::move(items), next, list.total));
}

Response showAccount(const RequestContext& context, Services& services) {
    return Response::json(
        200, accountJson(services.accounts.get(context.workspace(), context.accountId())));
}

Response disconnectAccount(const RequestContext& context, Services& services) {
    const auto plan =
        services.accounts.disconnect(context.workspace(), context.accountId(), context.actor());
    return Response::json(200, {{"success", true}, {"revocation", accounts::word(plan)}});
}

Response refreshAccount(const RequestContext& context, Services& services) {
    BodyReader(context.request()).finish();
    const auto id = context.accountId();
    const auto report = services.refresh_on_demand.refreshNow(context.workspace(), id);
    auto json = accountJson(services.accounts.get(context.workspace(), id));
    json["refreshed"] = report.refreshed;
    json["reason"] = report.reason;
    return Response::json(200, json);
}

}  // namespace postato::api
