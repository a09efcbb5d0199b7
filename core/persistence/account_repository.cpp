#include "persistence/account_repository.hpp"

#include "persistence/text_lists.hpp"

namespace postato::persistence {
namespace {

// The columns of an Account, in the order of `accountOf`.
#define POSTATO_ACCOUNT_COLUMNS                                                                    \
    "a.id, a.workspace_id, a.platform, a.client_id, a.grant_key, a.platform_user_id, a.username, " \
    "a.display_name, a.avatar_url, a.profile_url, a.account_type, a.status, a.status_reason, "     \
    "a.status_since, a.scopes_requested, a.scopes_granted, a.connected_by, a.connected_at, "       \
    "a.reconnect_by, a.created_at, a.updated_at, t.access_expires_at, u.email "                    \
    "FROM social_accounts a LEFT JOIN social_account_tokens t ON t.account_id = a.id "             \
    "LEFT JOIN users u ON u.id = a.connected_by "
constexpr const char* kAccountTypes = "tttttttttttttitttiiiiit";

Account accountOf(const Row& row) {
    Account account{.id = AccountId::trusted(row.text(0)),
                    .workspace_id = WorkspaceId::trusted(row.text(1))};
    account.platform = row.text(2);
    account.client_id = row.text(3);
    account.grant_key = row.text(4);
    account.profile = {row.text(5),         row.optionalText(6), row.optionalText(7),
                       row.optionalText(8), row.optionalText(9), row.optionalText(10)};
    account.status = parseAccountStatus(row.text(11)).value_or(AccountStatus::TokenExpired);
    if (const auto reason = row.optionalText(12))
        account.status_reason = parseStatusReason(*reason);
    account.status_since = row.time(13);
    account.scopes_requested = splitWords(row.text(14));
    account.scopes_granted = splitWords(row.text(15));
    account.connected_by = row.optionalText(16);
    account.connected_at = row.time(17);
    account.reconnect_by = row.optionalTime(18);
    account.created_at = row.time(19);
    account.updated_at = row.time(20);
    account.access_expires_at = row.optionalTime(21);
    account.connected_by_email = row.optionalText(22);
    return account;
}

/// What a consent writes, new or again.
Parameters consentParameters(const WorkspaceScope& scope, const Account& account) {
    return {arg("id", account.id.str()),
            arg("ws", scope.id().str()),
            arg("client_id", account.client_id),
            arg("grant_key", account.grant_key),
            arg("username", account.profile.username),
            arg("display_name", account.profile.display_name),
            arg("avatar_url", account.profile.avatar_url),
            arg("profile_url", account.profile.profile_url),
            arg("account_type", account.profile.account_type),
            arg("status_since", account.status_since),
            arg("scopes_requested", joinWords(account.scopes_requested)),
            arg("scopes_granted", joinWords(account.scopes_granted)),
            arg("connected_by", account.connected_by),
            arg("connected_at", account.connected_at),
            arg("reconnect_by", account.reconnect_by),
            arg("updated_at", account.updated_at)};
}

std::optional<std::string> statusWord(const AccountFilter& filter) {
    if (!filter.status) return std::nullopt;
    return std::string(word(*filter.status));
}

}  // namespace

constexpr Statement kFind{"account.find",
                          "SELECT " POSTATO_ACCOUNT_COLUMNS
                          "WHERE a.workspace_id = :ws AND a.id = :id AND a.deleted_at IS NULL",
                          kAccountTypes};

std::optional<Account> AccountRepository::find(const WorkspaceScope& scope, const AccountId& id) {
    const auto row = tx_.queryOne(kFind, {arg("ws", scope.id().str()), arg("id", id.str())});
    return row ? std::optional(accountOf(*row)) : std::nullopt;
}

constexpr Statement kFindByIdentity{
    "account.find_by_identity",
    "SELECT " POSTATO_ACCOUNT_COLUMNS
    "WHERE a.workspace_id = :ws AND a.platform = :platform AND a.platform_user_id = :identity "
    "AND a.deleted_at IS NULL",
    kAccountTypes};

std::optional<Account> AccountRepository::findByIdentity(const WorkspaceScope& scope,
                                                         const std::string& platform,
                                                         const std::string& platform_user_id) {
    const auto row =
        tx_.queryOne(kFindByIdentity, {arg("ws", scope.id().str()), arg("platform", platform),
                                       arg("identity", platform_user_id)});
    return row ? std::optional(accountOf(*row)) : std::nullopt;
}

constexpr Statement kList{"account.list",
                          "SELECT " POSTATO_ACCOUNT_COLUMNS
                          "WHERE a.workspace_id = :ws AND a.deleted_at IS NULL "
                          "AND (CAST(:platform AS TEXT) IS NULL OR a.platform = :platform) "
                          "AND (CAST(:status AS TEXT) IS NULL OR a.status = :status) "
                          "AND (a.created_at, a.id) < (:after, :after_id) "
                          "ORDER BY a.created_at DESC, a.id DESC LIMIT :limit OFFSET :offset",
                          kAccountTypes};

std::vector<Account> AccountRepository::list(const WorkspaceScope& scope,
                                             const AccountFilter& filter, const AccountPage& page) {
    std::vector<Account> accounts;
    for (const auto& row :
         tx_.query(kList, {arg("ws", scope.id().str()), arg("platform", filter.platform),
                           arg("status", statusWord(filter)),
                           arg("after", page.after_created_at.value_or(kEndOfTime)),
                           arg("after_id", page.after_id.value_or("")), arg("limit", page.limit),
                           arg("offset", page.offset)}))
        accounts.push_back(accountOf(row));
    return accounts;
}

constexpr Statement kCount{"account.count",
                           "SELECT COUNT(*) FROM social_accounts a "
                           "WHERE a.workspace_id = :ws AND a.deleted_at IS NULL "
                           "AND (CAST(:platform AS TEXT) IS NULL OR a.platform = :platform) "
                           "AND (CAST(:status AS TEXT) IS NULL OR a.status = :status)",
                           "i"};

std::int64_t AccountRepository::count(const WorkspaceScope& scope, const AccountFilter& filter) {
    return tx_
        .queryOne(kCount, {arg("ws", scope.id().str()), arg("platform", filter.platform),
                           arg("status", statusWord(filter))})
        ->integer(0);
}

constexpr Statement kInsert{
    "account.insert",
    "INSERT INTO social_accounts (id, workspace_id, platform, platform_user_id, client_id, "
    "grant_key, username, display_name, avatar_url, profile_url, account_type, status, "
    "status_since, scopes_requested, scopes_granted, connected_by, connected_at, reconnect_by, "
    "created_at, updated_at) VALUES (:id, :ws, :platform, :platform_user_id, :client_id, "
    ":grant_key, :username, :display_name, :avatar_url, :profile_url, :account_type, 'connected', "
    ":status_since, :scopes_requested, :scopes_granted, :connected_by, :connected_at, "
    ":reconnect_by, :created_at, :updated_at)"};

void AccountRepository::insert(const WorkspaceScope& scope, const Account& account) {
    auto parameters = consentParameters(scope, account);
    parameters.push_back(arg("platform", account.platform));
    parameters.push_back(arg("platform_user_id", account.profile.platform_user_id));
    parameters.push_back(arg("created_at", account.created_at));
    tx_.execute(kInsert, parameters);
}

constexpr Statement kReconnect{
    "account.reconnect",
    "UPDATE social_accounts SET client_id = :client_id, grant_key = :grant_key, "
    "username = :username, display_name = :display_name, avatar_url = :avatar_url, "
    "profile_url = :profile_url, account_type = :account_type, status_reason = NULL, "
    "status_since = CASE WHEN status = 'connected' THEN status_since ELSE :status_since END, "
    "status = 'connected', scopes_requested = :scopes_requested, "
    "scopes_granted = :scopes_granted, connected_by = :connected_by, "
    "connected_at = :connected_at, reconnect_by = :reconnect_by, "
    "reconnect_warned_days = NULL, updated_at = :updated_at "
    "WHERE id = :id AND workspace_id = :ws AND deleted_at IS NULL"};

bool AccountRepository::reconnect(const WorkspaceScope& scope, const Account& account) {
    return tx_.execute(kReconnect, consentParameters(scope, account)) == 1;
}

constexpr Statement kSetStatus{
    "account.set_status",
    "UPDATE social_accounts SET status = :status, status_reason = :reason, status_since = :now, "
    "updated_at = :now WHERE id = :id AND workspace_id = :ws AND deleted_at IS NULL "
    "AND (status <> :status OR COALESCE(status_reason, '') <> COALESCE(CAST(:reason AS TEXT), "
    "''))"};

bool AccountRepository::setStatus(const WorkspaceScope& scope, const AccountId& id,
                                  AccountStatus status, std::optional<StatusReason> reason) {
    const auto reason_word =
        reason ? std::optional(std::string(word(*reason))) : std::optional<std::string>();
    return tx_.execute(kSetStatus, {arg("status", word(status)), arg("reason", reason_word),
                                    arg("now", tx_.now()), arg("id", id.str()),
                                    arg("ws", scope.id().str())}) == 1;
}

// A horizon that is stated anew at each refresh may move by seconds; that is no other horizon.
constexpr Statement kSetGrant{
    "account.set_grant",
    "UPDATE social_accounts SET reconnect_warned_days = "
    "CASE WHEN CAST(:reconnect_by AS BIGINT) > reconnect_by + 86400000 THEN NULL "
    "ELSE reconnect_warned_days END, reconnect_by = :reconnect_by, scopes_granted = "
    "CASE WHEN CAST(:scopes AS TEXT) = '' THEN scopes_granted ELSE :scopes END, updated_at = :now "
    "WHERE id = :id AND workspace_id = :ws AND deleted_at IS NULL"};

bool AccountRepository::setGrant(const WorkspaceScope& scope, const AccountId& id,
                                 const std::vector<std::string>& scopes_granted,
                                 std::optional<TimePoint> reconnect_by) {
    return tx_.execute(kSetGrant, {arg("reconnect_by", reconnect_by),
                                   arg("scopes", joinWords(scopes_granted)), arg("now", tx_.now()),
                                   arg("id", id.str()), arg("ws", scope.id().str())}) == 1;
}

// The conditions stand twice: whoever waited for the row must look at it again.
constexpr Statement kTakeHorizonWarnings{
    "account.take_horizon_warnings",
    "UPDATE social_accounts SET reconnect_warned_days = :days "
    "WHERE id IN (SELECT h.id FROM social_accounts h WHERE h.deleted_at IS NULL "
    "AND h.status = 'connected' AND h.reconnect_by > :now AND h.reconnect_by <= :until "
    "AND h.reconnect_by - h.connected_at > CAST(:span AS BIGINT) "
    "AND (h.reconnect_warned_days IS NULL OR h.reconnect_warned_days > :days) "
    "ORDER BY h.reconnect_by LIMIT :limit) "
    "AND (reconnect_warned_days IS NULL OR reconnect_warned_days > :days) "
    "RETURNING workspace_id, id, platform, reconnect_by",
    "ttti"};

std::vector<HorizonWarning> AccountRepository::takeHorizonWarnings(std::int64_t days,
                                                                   std::int64_t limit) {
    const std::chrono::milliseconds span = std::chrono::hours(24 * days);
    std::vector<HorizonWarning> warnings;
    for (const auto& row :
         tx_.query(kTakeHorizonWarnings,
                   {arg("days", days), arg("now", tx_.now()), arg("until", tx_.now() + span),
                    arg("span", std::int64_t{span.count()}), arg("limit", limit)}))
        warnings.push_back({RowScope::of(WorkspaceId::trusted(row.text(0))),
                            AccountId::trusted(row.text(1)), row.text(2), row.time(3)});
    return warnings;
}

constexpr Statement kRemove{"account.remove",
                            "UPDATE social_accounts SET deleted_at = :now, updated_at = :now "
                            "WHERE id = :id AND workspace_id = :ws AND deleted_at IS NULL"};

bool AccountRepository::remove(const WorkspaceScope& scope, const AccountId& id) {
    return tx_.execute(kRemove, {arg("now", tx_.now()), arg("id", id.str()),
                                 arg("ws", scope.id().str())}) == 1;
}

// In one order, so that no two wait for each other, and so that rows that name the account may be
// inserted meanwhile. SQLite lets one transaction write at a time.
constexpr Statement kLockGrant{"account.lock_grant",
                               "SELECT id FROM social_accounts WHERE grant_key = :grant "
                               "AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE",
                               "t"};

void AccountRepository::lockGrant(const std::string& grant_key) {
    if (tx_.dialect() == Dialect::Postgresql) tx_.query(kLockGrant, {arg("grant", grant_key)});
}

constexpr Statement kCountLiveSiblings{"account.count_live_siblings",
                                       "SELECT COUNT(*) FROM social_accounts "
                                       "WHERE grant_key = :grant AND id <> :except "
                                       "AND deleted_at IS NULL",
                                       "i"};

std::int64_t AccountRepository::countLiveSiblings(const std::string& grant_key,
                                                  const AccountId& except) {
    return tx_.queryOne(kCountLiveSiblings, {arg("grant", grant_key), arg("except", except.str())})
        ->integer(0);
}

constexpr Statement kCountLiveOfClient{"account.count_live_of_client",
                                       "SELECT COUNT(*) FROM social_accounts "
                                       "WHERE platform = :platform AND client_id = :client "
                                       "AND deleted_at IS NULL",
                                       "i"};

std::int64_t AccountRepository::countLiveOfClient(const std::string& platform,
                                                  const std::string& client_id) {
    return tx_.queryOne(kCountLiveOfClient, {arg("platform", platform), arg("client", client_id)})
        ->integer(0);
}

}  // namespace postato::persistence
