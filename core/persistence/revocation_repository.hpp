#pragma once

/// \file
/// The outbox of revocations.

#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"
#include "persistence/workspace_scope.hpp"
#include "util/ids.hpp"

namespace postato::persistence {

struct QueuedRevocation {
    RevocationId id;
    WorkspaceId workspace_id;
    std::optional<AccountId> account_id;  ///< none for a pair that never became an account
    std::string platform;
    std::string client_id;
    std::string grant_key;
    std::optional<std::string> credentials_sealed;
    TimePoint created_at;
    TimePoint give_up_at;
    std::int64_t attempts = 0;
    std::optional<std::string> outcome;
};

struct RevocationClaim {
    WorkspaceScope scope;
    QueuedRevocation revocation;
};

class RevocationRepository {
public:
    explicit RevocationRepository(Transaction& tx) : tx_(tx) {}

    /// Due at once.
    void insert(const WorkspaceScope& scope, const QueuedRevocation& revocation);
    /// Leases up to `limit` due rows; counts the attempt.
    std::vector<RevocationClaim> claimDue(const std::string& owner, std::chrono::milliseconds lease,
                                          std::int64_t limit);
    void retryAt(const RevocationClaim& claim, TimePoint at);
    /// Records the outcome and erases the ciphertext. False when one was recorded before.
    bool finish(const RevocationClaim& claim, const std::string& outcome);
    /// How many wait for their platform.
    std::int64_t countWaiting();
    /// The newest outcome per account, for cards and events; nothing while queued.
    std::optional<QueuedRevocation> findByAccount(const WorkspaceScope& scope, const AccountId& id);

private:
    Transaction& tx_;
};

}  // namespace postato::persistence
