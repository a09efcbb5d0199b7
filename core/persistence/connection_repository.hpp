#pragma once

/// \file
/// Pending authorizations and the links that invite to one.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "persistence/database.hpp"
#include "persistence/workspace_scope.hpp"
#include "util/ids.hpp"

namespace postato::persistence {

/// A pending authorization (RFC 6749 4.1.1): who asked for what, and what came of it.
struct Connection {
    ConnectionId id;
    WorkspaceId workspace_id;
    std::string platform;
    std::string state_hash;
    std::string browser_hash;
    std::optional<UserId> user_id;  ///< begun in the dashboard
    std::optional<std::string> session_hash;
    std::optional<ConnectLinkId> connect_link_id;  ///< begun from a link
    std::string client_id;
    std::string redirect_uri;
    std::string issuer;
    std::optional<std::string> verifier_sealed;
    std::vector<std::string> scopes;
    std::optional<AccountId> reconnect_account_id;
    std::optional<std::string> return_to;
    std::string origin;  ///< the network of the browser that began
    TimePoint created_at;
    TimePoint expires_at;
    std::optional<TimePoint> consumed_at;
    std::optional<std::string> candidates_sealed;
    std::optional<TimePoint> candidates_expire_at;
    std::optional<std::string> outcome;  ///< choosing, connected, denied, failed
    std::optional<std::string> outcome_code;
    std::optional<std::string> outcome_detail;  ///< shown to the person, e.g. the handle expected
    std::vector<std::string> account_ids;
};

struct ScopedConnection {
    WorkspaceScope scope;
    Connection connection;
};

class ConnectionRepository {
public:
    explicit ConnectionRepository(Transaction& tx) : tx_(tx) {}

    void insert(const WorkspaceScope& scope, const Connection& connection);
    /// The state is the secret that names the row; the caller still checks browser, person and
    /// time.
    std::optional<ScopedConnection> findByState(const std::string& state_hash);
    std::optional<ScopedConnection> findById(const ConnectionId& id);

    /// Marks the row consumed; true for exactly one caller, and only while unexpired at tx.now().
    bool consume(const WorkspaceScope& scope, const ConnectionId& id);
    /// consumed -> choosing. The verifier is erased.
    void offerCandidates(const WorkspaceScope& scope, const ConnectionId& id,
                         const std::string& candidates_sealed, TimePoint expire_at);
    /// choosing -> taken: true for exactly one caller while the candidates have not expired; the
    /// sealed candidates stay readable in the caller's copy and are erased from the row.
    bool takeCandidates(const WorkspaceScope& scope, const ConnectionId& id);
    /// Final outcome; erases verifier and candidates. False when one was already recorded.
    bool finish(const WorkspaceScope& scope, const ConnectionId& id, const std::string& outcome,
                const std::optional<std::string>& code, const std::optional<std::string>& detail,
                const std::vector<std::string>& account_ids);

    /// Closes the oldest unconsumed rows of a user beyond the newest `keep`. Returns how many.
    std::int64_t closeOldest(const UserId& user, std::int64_t keep);

    /// Rows whose candidates ran out, for revoking what they hold (the row is marked taken): of
    /// these platforms, and of any when they ran out before `anyway`.
    std::vector<ScopedConnection> takeExpiredCandidates(std::int64_t limit,
                                                        const std::set<std::string>& platforms,
                                                        TimePoint anyway);
    /// Consumed without an outcome since before `before`: marked failed `interrupted`. Returns how
    /// many.
    std::int64_t failInterrupted(TimePoint before);
    /// Deletes rows that ended or expired before `before`.
    std::int64_t sweep(TimePoint before);

private:
    static ScopedConnection scoped(const Row& row);

    Transaction& tx_;
};

struct ConnectLink {
    ConnectLinkId id;
    WorkspaceId workspace_id;
    std::string secret_hash;
    std::string platform;
    std::optional<AccountId> reconnect_account_id;
    std::optional<std::string> return_url;
    std::string created_by;  ///< an API key's or a user's id
    TimePoint created_at;
    TimePoint expires_at;
    std::optional<TimePoint> used_at;
};

struct ScopedConnectLink {
    WorkspaceScope scope;
    ConnectLink link;
};

class ConnectLinkRepository {
public:
    explicit ConnectLinkRepository(Transaction& tx) : tx_(tx) {}

    void insert(const WorkspaceScope& scope, const ConnectLink& link);
    /// Used and expired ones too: the page says which.
    std::optional<ScopedConnectLink> findBySecret(const std::string& secret_hash);
    /// True for exactly one caller, and only while unexpired at tx.now().
    bool use(const WorkspaceScope& scope, const ConnectLinkId& id);
    std::int64_t sweep(TimePoint before);

private:
    Transaction& tx_;
};

}  // namespace postato::persistence
