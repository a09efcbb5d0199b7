#pragma once

/// \file
/// The records of the audit trail and the ends of its chains. What links them is audit/'s.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "persistence/database.hpp"
#include "persistence/workspace_scope.hpp"
#include "util/ids.hpp"

namespace postato::persistence {

struct AuditRecord {
    std::string chain;
    std::int64_t sequence = 0;  ///< from 1, without gaps
    EventId id;
    TimePoint at;
    std::string type;    ///< `account.connected`, `api_key.created`, ...
    std::string actor;   ///< a user, API key or link id, `operator`, or `system`
    std::string origin;  ///< the caller's network, the operator's terminal, or empty
    std::optional<AccountId> account_id;
    std::string data;  ///< a JSON object
    std::string hash;
};

/// The last record of a chain.
struct AuditChainEnd {
    std::string chain;
    std::int64_t sequence = 0;
    std::string hash;
};

class AuditRepository {
public:
    explicit AuditRepository(Transaction& tx) : tx_(tx) {}

    /// Locks the chain until the end of the transaction: the sequence for its next record, and the
    /// hash of the last one (empty for the first record of a chain).
    AuditChainEnd next(const std::string& chain);
    void insert(const AuditRecord& record);
    void setEnd(const AuditChainEnd& end);

    /// An account's timeline, newest first; `before` is the (at, id) of the last one seen. Deleted
    /// accounts keep theirs.
    std::vector<AuditRecord> ofAccount(
        const WorkspaceScope& scope, const AccountId& id, std::int64_t limit,
        const std::optional<std::pair<TimePoint, std::string>>& before);

    /// The ends of all chains, by name.
    std::vector<AuditChainEnd> ends();
    /// Chains that have records and no end.
    std::vector<std::string> endless();
    /// Records before the first or behind the end of their chains: whoever writes one by the rules
    /// moves the end with it, so at any moment there is none.
    std::vector<AuditRecord> outside(std::int64_t limit);
    /// The records of a chain behind `sequence`, in order.
    std::vector<AuditRecord> behind(const std::string& chain, std::int64_t sequence,
                                    std::int64_t limit);
    /// The newest records of one chain, or of all: newest first.
    std::vector<AuditRecord> newest(const std::optional<std::string>& chain, std::int64_t limit);

private:
    Transaction& tx_;
};

}  // namespace postato::persistence
