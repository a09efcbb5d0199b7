#include <nlohmann/json.hpp>

#include "accounts/account_service.hpp"
#include "api/handlers.hpp"
#include "api/list_query.hpp"
#include "api/request_context.hpp"
#include "api/services.hpp"
#include "util/json.hpp"

namespace postato::api {
namespace {

nlohmann::json eventJson(const persistence::AuditRecord& event) {
    return {{"id", event.id.str()},
            {"type", event.type},
            {"at", toIso8601(event.at)},
            {"actor", event.actor},
            {"data", parseJson(event.data)}};
}

}  // namespace

http::Response listAccountEvents(const RequestContext& context, Services& services) {
    const auto parameters = context.query();
    QueryReader query(parameters);
    const auto limit = query.limit();
    const auto cursor = query.cursor();
    query.finish();

    std::optional<std::pair<TimePoint, std::string>> before;
    if (cursor) before.emplace(cursor->at, cursor->id);
    // One more than asked for tells whether there is another page.
    auto events =
        services.accounts.events(context.workspace(), context.accountId(), limit + 1, before);
    std::optional<Cursor> next;
    if (static_cast<std::int64_t>(events.size()) > limit) {
        events.pop_back();
        next = Cursor{events.back().at, events.back().id.str()};
    }
    nlohmann::json json = {{"items", nlohmann::json::array()}, {"limit", limit}};
    json["cursor"] = next ? nlohmann::json(next->encode()) : nlohmann::json(nullptr);
    for (const auto& event : events) json["items"].push_back(eventJson(event));
    return http::Response::json(200, json);
}

}  // namespace postato::api
