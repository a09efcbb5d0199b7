#include "persistence/identity_repository.hpp"

namespace postato::persistence {

constexpr Statement kInsert{
    "session.insert",
    "INSERT INTO dashboard_sessions (id_hash, user_id, created_at, last_seen_at, expires_at) "
    "VALUES (:hash, :user, :created_at, :seen_at, :expires_at)"};

void SessionRepository::insert(const DashboardSession& session) {
    tx_.execute(kInsert,
                {arg("hash", session.id_hash), arg("user", session.user_id.str()),
                 arg("created_at", session.created_at), arg("seen_at", session.last_seen_at),
                 arg("expires_at", session.expires_at)});
}

constexpr Statement kFind{"session.find",
                          "SELECT id_hash, user_id, created_at, last_seen_at, expires_at "
                          "FROM dashboard_sessions WHERE id_hash = :hash",
                          "ttiii"};

std::optional<DashboardSession> SessionRepository::find(const std::string& id_hash) {
    const auto row = tx_.queryOne(kFind, {arg("hash", id_hash)});
    if (!row) return std::nullopt;
    return DashboardSession{row->text(0), UserId::trusted(row->text(1)), row->time(2), row->time(3),
                            row->time(4)};
}

constexpr Statement kTouch{
    "session.touch", "UPDATE dashboard_sessions SET last_seen_at = :at WHERE id_hash = :hash"};

void SessionRepository::touch(const std::string& id_hash, TimePoint seen_at) {
    tx_.execute(kTouch, {arg("at", seen_at), arg("hash", id_hash)});
}

constexpr Statement kRemove{"session.remove",
                            "DELETE FROM dashboard_sessions WHERE id_hash = :hash"};

void SessionRepository::remove(const std::string& id_hash) {
    tx_.execute(kRemove, {arg("hash", id_hash)});
}

constexpr Statement kRemoveOthers{
    "session.remove_others",
    "DELETE FROM dashboard_sessions WHERE user_id = :user AND id_hash <> :keep"};

std::int64_t SessionRepository::removeOthers(const UserId& user, const std::string& keep_id_hash) {
    return tx_.execute(kRemoveOthers, {arg("user", user.str()), arg("keep", keep_id_hash)});
}

constexpr Statement kSweep{
    "session.sweep",
    "DELETE FROM dashboard_sessions WHERE expires_at <= :expired OR last_seen_at <= :idle"};

std::int64_t SessionRepository::sweep(TimePoint expired_before, TimePoint idle_before) {
    return tx_.execute(kSweep, {arg("expired", expired_before), arg("idle", idle_before)});
}

constexpr Statement kInsertLink{
    "sign_in_link.insert",
    "INSERT INTO sign_in_links (secret_hash, user_id, created_at, expires_at) "
    "VALUES (:hash, :user, :now, :expires_at)"};

void SessionRepository::insertLink(const std::string& secret_hash, const UserId& user,
                                   TimePoint expires_at) {
    tx_.execute(kInsertLink, {arg("hash", secret_hash), arg("user", user.str()),
                              arg("now", tx_.now()), arg("expires_at", expires_at)});
}

constexpr Statement kUseLink{"sign_in_link.use",
                             "UPDATE sign_in_links SET used_at = :now WHERE secret_hash = :hash "
                             "AND used_at IS NULL AND expires_at > :now RETURNING user_id",
                             "t"};

std::optional<UserId> SessionRepository::useLink(const std::string& secret_hash) {
    const auto row = tx_.queryOne(kUseLink, {arg("now", tx_.now()), arg("hash", secret_hash)});
    return row ? std::optional(UserId::trusted(row->text(0))) : std::nullopt;
}

constexpr Statement kSweepLinks{"sign_in_link.sweep",
                                "DELETE FROM sign_in_links WHERE expires_at < :before"};

std::int64_t SessionRepository::sweepLinks(TimePoint before) {
    return tx_.execute(kSweepLinks, {arg("before", before)});
}

}  // namespace postato::persistence
