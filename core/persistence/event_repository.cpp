#include "persistence/event_repository.hpp"

namespace postato::persistence {

constexpr Statement kAppend{
    "event.append",
    "INSERT INTO account_events (id, workspace_id, account_id, type, at, actor, data) "
    "VALUES (:id, :ws, :account, :type, :at, :actor, :data)"};

void EventRepository::append(const WorkspaceScope& scope, const AccountEvent& event) {
    tx_.execute(kAppend, {arg("id", event.id.str()), arg("ws", scope.id().str()),
                          arg("account", event.account_id.str()), arg("type", event.type),
                          arg("at", event.at), arg("actor", event.actor), arg("data", event.data)});
}

constexpr Statement kList{"event.list",
                          "SELECT id, account_id, type, at, actor, data FROM account_events "
                          "WHERE workspace_id = :ws AND account_id = :account "
                          "AND (at, id) < (:before, :before_id) "
                          "ORDER BY at DESC, id DESC LIMIT :limit",
                          "tttitt"};

std::vector<AccountEvent> EventRepository::list(
    const WorkspaceScope& scope, const AccountId& id, std::int64_t limit,
    const std::optional<std::pair<TimePoint, std::string>>& before) {
    const auto [at, before_id] = before.value_or(std::pair{kEndOfTime, std::string()});
    std::vector<AccountEvent> events;
    for (const auto& row :
         tx_.query(kList, {arg("ws", scope.id().str()), arg("account", id.str()), arg("before", at),
                           arg("before_id", before_id), arg("limit", limit)}))
        events.push_back({EventId::trusted(row.text(0)), AccountId::trusted(row.text(1)),
                          row.text(2), row.time(3), row.text(4), row.text(5)});
    return events;
}

}  // namespace postato::persistence
