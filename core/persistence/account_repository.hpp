#pragma once

/// \file
/// Connected accounts: everything about them that is not secret.

#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"
#include "persistence/workspace_scope.hpp"
#include "util/ids.hpp"

namespace postato::persistence {

enum class AccountStatus { Connected = 1, TokenExpired, Suspended };
enum class StatusReason {
    UserRevoked = 1,
    RefreshTokenExpired,
    RotationLost,
    NoRefreshToken,
    ScopeMissing,
    AccountSuspended,
    Unknown
};

/// The words of the database and the API alike: `token_expired`, `user_revoked`, ...
std::string_view word(AccountStatus status);
std::string_view word(StatusReason reason);
std::optional<AccountStatus> parseAccountStatus(std::string_view text);
std::optional<StatusReason> parseStatusReason(std::string_view text);

/// What the platform says an account is; refreshed at every consent.
struct AccountProfile {
    std::string platform_user_id;
    std::optional<std::string> username;
    std::optional<std::string> display_name;
    std::optional<std::string> avatar_url;
    std::optional<std::string> profile_url;
    std::optional<std::string> account_type;
};

struct Account {
    AccountId id;
    WorkspaceId workspace_id;
    std::string platform;
    std::string client_id;  ///< the app registration it was connected through
    std::string grant_key;  ///< equal for accounts that share a grant at the platform
    AccountProfile profile;
    AccountStatus status = AccountStatus::Connected;
    std::optional<StatusReason> status_reason;
    TimePoint status_since;
    std::vector<std::string> scopes_requested;
    std::vector<std::string> scopes_granted;
    std::optional<std::string> connected_by;        ///< a user id, or the connect link's id
    std::optional<std::string> connected_by_email;  ///< read only: of that user
    TimePoint connected_at;
    std::optional<TimePoint> reconnect_by;
    TimePoint created_at;
    TimePoint updated_at;
    std::optional<TimePoint> access_expires_at;  ///< joined from the tokens, for lists
};

struct AccountFilter {
    std::optional<std::string> platform;
    std::optional<AccountStatus> status;
};

/// A page by key (`after_*`, exclusive) or by `offset`; newest first, by (created_at, id).
struct AccountPage {
    std::int64_t limit = 25;
    std::int64_t offset = 0;
    std::optional<TimePoint> after_created_at;
    std::optional<std::string> after_id;
};

/// An account whose grant ends soon.
struct HorizonWarning {
    WorkspaceScope scope;
    AccountId id;
    std::string platform;
    TimePoint reconnect_by;
};

class AccountRepository {
public:
    explicit AccountRepository(Transaction& tx) : tx_(tx) {}

    /// Live accounts only, here and below; a deleted one is as absent as an unknown one.
    std::optional<Account> find(const WorkspaceScope& scope, const AccountId& id);
    std::optional<Account> findByIdentity(const WorkspaceScope& scope, const std::string& platform,
                                          const std::string& platform_user_id);
    std::vector<Account> list(const WorkspaceScope& scope, const AccountFilter& filter,
                              const AccountPage& page);
    std::int64_t count(const WorkspaceScope& scope, const AccountFilter& filter);

    /// Throws Error{Conflict} when the identity is already live in the workspace.
    void insert(const WorkspaceScope& scope, const Account& account);
    /// Consent came back: profile, client, grant, scopes, connected_by/at, reconnect_by; status
    /// becomes connected with no reason. False when the account is gone.
    bool reconnect(const WorkspaceScope& scope, const Account& account);
    /// Changes status, reason and since (= tx.now()). False when gone or already in exactly that
    /// state.
    bool setStatus(const WorkspaceScope& scope, const AccountId& id, AccountStatus status,
                   std::optional<StatusReason> reason);
    /// After a refresh: granted scopes (empty: unchanged) and the horizon.
    bool setGrant(const WorkspaceScope& scope, const AccountId& id,
                  const std::vector<std::string>& scopes_granted,
                  std::optional<TimePoint> reconnect_by);
    /// Connected accounts of all workspaces that must be reconnected within so many days, of those
    /// whose grant was for longer and that were not warned of so few days yet. Each is taken once.
    std::vector<HorizonWarning> takeHorizonWarnings(std::int64_t days, std::int64_t limit);
    /// Soft delete. False when there was nothing live to delete.
    bool remove(const WorkspaceScope& scope, const AccountId& id);

    /// Until the transaction ends, nobody else disconnects an account that shares the grant.
    void lockGrant(const std::string& grant_key);
    /// Live accounts of the whole installation that share the grant, other than `except`.
    /// Not scoped: it answers a number, never a row.
    std::int64_t countLiveSiblings(const std::string& grant_key, const AccountId& except);
    /// The same for a grant whose person could not be told: every live account of that client.
    std::int64_t countLiveOfClient(const std::string& platform, const std::string& client_id);

private:
    Transaction& tx_;
};

}  // namespace postato::persistence
