#pragma once

/// \file
/// Callers: people, their sessions and sign-in links, API keys, and how often they may try.

#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"
#include "util/ids.hpp"

namespace postato::persistence {

struct User {
    UserId id;
    std::string email;  ///< lower case
    std::optional<std::string> password_hash;
    std::string tenant_role;  ///< owner, super_admin, member
    TimePoint created_at;
};

class UserRepository {
public:
    explicit UserRepository(Transaction& tx) : tx_(tx) {}
    /// Throws Error{Conflict} when the e-mail is taken.
    void insert(const User& user);
    std::optional<User> find(const UserId& id);
    std::optional<User> findByEmail(const std::string& email);
    void setPassword(const UserId& id, const std::string& password_hash);
    std::vector<User> list();

private:
    Transaction& tx_;
};

struct DashboardSession {
    std::string id_hash;
    UserId user_id;
    TimePoint created_at;
    TimePoint last_seen_at;
    TimePoint expires_at;
};

class SessionRepository {
public:
    explicit SessionRepository(Transaction& tx) : tx_(tx) {}
    void insert(const DashboardSession& session);
    std::optional<DashboardSession> find(const std::string& id_hash);
    void touch(const std::string& id_hash, TimePoint seen_at);
    void remove(const std::string& id_hash);
    /// All of a user's sessions but one (a password was changed).
    std::int64_t removeOthers(const UserId& user, const std::string& keep_id_hash);
    std::int64_t sweep(TimePoint expired_before, TimePoint idle_before);

    void insertLink(const std::string& secret_hash, const UserId& user, TimePoint expires_at);
    /// Single use: the user for exactly one caller while unexpired, nothing otherwise.
    std::optional<UserId> useLink(const std::string& secret_hash);
    std::int64_t sweepLinks(TimePoint before);

private:
    Transaction& tx_;
};

struct ApiKey {
    ApiKeyId id;
    std::string name;
    std::string prefix;  ///< the first 12 characters
    std::string hash;    ///< hex SHA-256 of the whole key
    bool all_workspaces = false;
    std::vector<std::string> permissions;
    TimePoint created_at;
    std::optional<TimePoint> expires_at;
    std::optional<TimePoint> last_used_at;
    std::optional<TimePoint> revoked_at;
    std::vector<WorkspaceId> workspaces;  ///< with `selected` scope
};

class ApiKeyRepository {
public:
    explicit ApiKeyRepository(Transaction& tx) : tx_(tx) {}
    void insert(const ApiKey& key);
    /// Neither revoked nor expired at tx.now(); without its workspaces.
    std::optional<ApiKey> findUsable(const std::string& hash);
    bool mayEnter(const ApiKeyId& key, const WorkspaceId& workspace);
    std::vector<ApiKey> list();
    bool revoke(const ApiKeyId& id);
    void touch(const ApiKeyId& id, TimePoint used_at);

private:
    Transaction& tx_;
};

/// Fixed windows of hits per subject, shared by all replicas.
class ThrottleRepository {
public:
    explicit ThrottleRepository(Transaction& tx) : tx_(tx) {}
    struct Hits {
        std::int64_t count;
        TimePoint window_ends_at;
    };
    /// Counts one more and says how many stand in the window.
    Hits hit(const std::string& subject, std::chrono::milliseconds window);
    /// How many stand now, without counting.
    Hits peek(const std::string& subject);
    void clear(const std::string& subject);
    std::int64_t sweep();

private:
    Transaction& tx_;
};

}  // namespace postato::persistence
