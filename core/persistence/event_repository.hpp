#pragma once

/// \file
/// The timeline of an account.

#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"
#include "persistence/workspace_scope.hpp"
#include "util/ids.hpp"

namespace postato::persistence {

struct AccountEvent {
    EventId id;
    AccountId account_id;
    std::string type;  ///< `account.connected`, `account.token_expired`, `account.revocation`, ...
    TimePoint at;
    std::string actor;  ///< a user, API key or link id, or `system`
    std::string data;   ///< a JSON object
};

class EventRepository {
public:
    explicit EventRepository(Transaction& tx) : tx_(tx) {}

    void append(const WorkspaceScope& scope, const AccountEvent& event);
    /// Newest first; `before` is the (at, id) of the last one seen. Deleted accounts keep theirs.
    std::vector<AccountEvent> list(const WorkspaceScope& scope, const AccountId& id,
                                   std::int64_t limit,
                                   const std::optional<std::pair<TimePoint, std::string>>& before);

private:
    Transaction& tx_;
};

}  // namespace postato::persistence
