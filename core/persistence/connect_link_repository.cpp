#include "persistence/connection_repository.hpp"

namespace postato::persistence {

constexpr Statement kInsert{
    "connect_link.insert",
    "INSERT INTO connect_links (id, workspace_id, secret_hash, platform, reconnect_account_id, "
    "return_url, created_by, created_at, expires_at) VALUES (:id, :ws, :secret_hash, :platform, "
    ":reconnect, :return_url, :created_by, :created_at, :expires_at)"};

void ConnectLinkRepository::insert(const WorkspaceScope& scope, const ConnectLink& link) {
    const auto reconnect =
        link.reconnect_account_id ? std::optional(link.reconnect_account_id->str()) : std::nullopt;
    tx_.execute(kInsert, {arg("id", link.id.str()), arg("ws", scope.id().str()),
                          arg("secret_hash", link.secret_hash), arg("platform", link.platform),
                          arg("reconnect", reconnect), arg("return_url", link.return_url),
                          arg("created_by", link.created_by), arg("created_at", link.created_at),
                          arg("expires_at", link.expires_at)});
}

constexpr Statement kFindBySecret{
    "connect_link.find_by_secret",
    "SELECT id, workspace_id, secret_hash, platform, reconnect_account_id, return_url, "
    "created_by, created_at, expires_at, used_at FROM connect_links WHERE secret_hash = :hash",
    "tttttttiii"};

std::optional<ScopedConnectLink> ConnectLinkRepository::findBySecret(
    const std::string& secret_hash) {
    const auto row = tx_.queryOne(kFindBySecret, {arg("hash", secret_hash)});
    if (!row) return std::nullopt;
    ConnectLink link{.id = ConnectLinkId::trusted(row->text(0)),
                     .workspace_id = WorkspaceId::trusted(row->text(1))};
    link.secret_hash = row->text(2);
    link.platform = row->text(3);
    if (const auto account = row->optionalText(4))
        link.reconnect_account_id = AccountId::trusted(*account);
    link.return_url = row->optionalText(5);
    link.created_by = row->text(6);
    link.created_at = row->time(7);
    link.expires_at = row->time(8);
    link.used_at = row->optionalTime(9);
    return ScopedConnectLink{RowScope::of(link.workspace_id), std::move(link)};
}

constexpr Statement kUse{"connect_link.use",
                         "UPDATE connect_links SET used_at = :now WHERE id = :id "
                         "AND workspace_id = :ws AND used_at IS NULL AND expires_at > :now"};

bool ConnectLinkRepository::use(const WorkspaceScope& scope, const ConnectLinkId& id) {
    return tx_.execute(kUse, {arg("now", tx_.now()), arg("id", id.str()),
                              arg("ws", scope.id().str())}) == 1;
}

constexpr Statement kSweep{"connect_link.sweep",
                           "DELETE FROM connect_links WHERE expires_at < :before"};

std::int64_t ConnectLinkRepository::sweep(TimePoint before) {
    return tx_.execute(kSweep, {arg("before", before)});
}

}  // namespace postato::persistence
