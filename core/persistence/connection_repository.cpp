#include "persistence/connection_repository.hpp"

#include <nlohmann/json.hpp>

#include "persistence/text_lists.hpp"
#include "util/json.hpp"

namespace postato::persistence {
namespace {

#define POSTATO_CONNECTION_COLUMNS                                                              \
    "id, workspace_id, platform, state_hash, browser_hash, user_id, session_hash, "             \
    "connect_link_id, client_id, redirect_uri, issuer, verifier_sealed, scopes, "               \
    "reconnect_account_id, return_to, created_at, expires_at, consumed_at, candidates_sealed, " \
    "candidates_expire_at, outcome, outcome_code, outcome_detail, account_ids, origin"
constexpr const char* kConnectionTypes = "tttttttttttttttiiitittttt";

template <class Id>
std::optional<Id> optionalId(const std::optional<std::string>& text) {
    return text ? std::optional(Id::trusted(*text)) : std::nullopt;
}

template <class Id>
std::optional<std::string> textOf(const std::optional<Id>& id) {
    return id ? std::optional(id->str()) : std::nullopt;
}

Connection connectionOf(const Row& row) {
    Connection connection{.id = ConnectionId::trusted(row.text(0)),
                          .workspace_id = WorkspaceId::trusted(row.text(1))};
    connection.platform = row.text(2);
    connection.state_hash = row.text(3);
    connection.browser_hash = row.text(4);
    connection.user_id = optionalId<UserId>(row.optionalText(5));
    connection.session_hash = row.optionalText(6);
    connection.connect_link_id = optionalId<ConnectLinkId>(row.optionalText(7));
    connection.client_id = row.text(8);
    connection.redirect_uri = row.text(9);
    connection.issuer = row.text(10);
    connection.verifier_sealed = row.optionalText(11);
    connection.scopes = splitWords(row.text(12));
    connection.reconnect_account_id = optionalId<AccountId>(row.optionalText(13));
    connection.return_to = row.optionalText(14);
    connection.created_at = row.time(15);
    connection.expires_at = row.time(16);
    connection.consumed_at = row.optionalTime(17);
    connection.candidates_sealed = row.optionalText(18);
    connection.candidates_expire_at = row.optionalTime(19);
    connection.outcome = row.optionalText(20);
    connection.outcome_code = row.optionalText(21);
    connection.outcome_detail = row.optionalText(22);
    connection.account_ids = splitWords(row.optionalText(23).value_or(""));
    connection.origin = row.optionalText(24).value_or("");
    return connection;
}

}  // namespace

constexpr Statement kInsert{
    "connection.insert",
    "INSERT INTO connections (id, workspace_id, platform, state_hash, browser_hash, user_id, "
    "session_hash, connect_link_id, client_id, redirect_uri, issuer, verifier_sealed, scopes, "
    "reconnect_account_id, return_to, created_at, expires_at, origin) VALUES (:id, :ws, :platform, "
    ":state_hash, :browser_hash, :user_id, :session_hash, :link, :client_id, :redirect_uri, "
    ":issuer, :verifier, :scopes, :reconnect, :return_to, :created_at, :expires_at, "
    ":origin)"};

void ConnectionRepository::insert(const WorkspaceScope& scope, const Connection& connection) {
    tx_.execute(
        kInsert,
        {arg("id", connection.id.str()), arg("ws", scope.id().str()),
         arg("platform", connection.platform), arg("state_hash", connection.state_hash),
         arg("browser_hash", connection.browser_hash), arg("user_id", textOf(connection.user_id)),
         arg("session_hash", connection.session_hash),
         arg("link", textOf(connection.connect_link_id)), arg("client_id", connection.client_id),
         arg("redirect_uri", connection.redirect_uri), arg("issuer", connection.issuer),
         arg("verifier", connection.verifier_sealed), arg("scopes", joinWords(connection.scopes)),
         arg("reconnect", textOf(connection.reconnect_account_id)),
         arg("return_to", connection.return_to), arg("created_at", connection.created_at),
         arg("expires_at", connection.expires_at), arg("origin", connection.origin)});
}

ScopedConnection ConnectionRepository::scoped(const Row& row) {
    auto connection = connectionOf(row);
    return {RowScope::of(connection.workspace_id), std::move(connection)};
}

constexpr Statement kFindByState{"connection.find_by_state",
                                 "SELECT " POSTATO_CONNECTION_COLUMNS
                                 " FROM connections WHERE state_hash = :state_hash",
                                 kConnectionTypes};

std::optional<ScopedConnection> ConnectionRepository::findByState(const std::string& state_hash) {
    const auto row = tx_.queryOne(kFindByState, {arg("state_hash", state_hash)});
    return row ? std::optional(scoped(*row)) : std::nullopt;
}

constexpr Statement kFindById{
    "connection.find_by_id",
    "SELECT " POSTATO_CONNECTION_COLUMNS " FROM connections WHERE id = :id", kConnectionTypes};

std::optional<ScopedConnection> ConnectionRepository::findById(const ConnectionId& id) {
    const auto row = tx_.queryOne(kFindById, {arg("id", id.str())});
    return row ? std::optional(scoped(*row)) : std::nullopt;
}

constexpr Statement kConsume{"connection.consume",
                             "UPDATE connections SET consumed_at = :now "
                             "WHERE id = :id AND workspace_id = :ws AND consumed_at IS NULL "
                             "AND outcome IS NULL AND expires_at > :now"};

bool ConnectionRepository::consume(const WorkspaceScope& scope, const ConnectionId& id) {
    return tx_.execute(kConsume, {arg("now", tx_.now()), arg("id", id.str()),
                                  arg("ws", scope.id().str())}) == 1;
}

constexpr Statement kOfferCandidates{
    "connection.offer_candidates",
    "UPDATE connections SET outcome = 'choosing', candidates_sealed = :candidates, "
    "candidates_expire_at = :expire_at, verifier_sealed = NULL "
    "WHERE id = :id AND workspace_id = :ws AND consumed_at IS NOT NULL AND outcome IS NULL"};

void ConnectionRepository::offerCandidates(const WorkspaceScope& scope, const ConnectionId& id,
                                           const std::string& candidates_sealed,
                                           TimePoint expire_at) {
    if (tx_.execute(kOfferCandidates,
                    {arg("candidates", candidates_sealed), arg("expire_at", expire_at),
                     arg("id", id.str()), arg("ws", scope.id().str())}) != 1)
        throw Error(ErrorCode::Conflict, PublicMessage{"The connection has already ended"});
}

constexpr Statement kTakeCandidates{
    "connection.take_candidates",
    "UPDATE connections SET candidates_sealed = NULL, candidates_expire_at = NULL, outcome = NULL "
    "WHERE id = :id AND workspace_id = :ws AND outcome = 'choosing' "
    "AND candidates_sealed IS NOT NULL AND candidates_expire_at > :now"};

bool ConnectionRepository::takeCandidates(const WorkspaceScope& scope, const ConnectionId& id) {
    return tx_.execute(kTakeCandidates, {arg("id", id.str()), arg("ws", scope.id().str()),
                                         arg("now", tx_.now())}) == 1;
}

constexpr Statement kFinish{
    "connection.finish",
    "UPDATE connections SET outcome = :outcome, outcome_code = :code, outcome_detail = :detail, "
    "account_ids = :account_ids, finished_at = :now, verifier_sealed = NULL, "
    "candidates_sealed = NULL, candidates_expire_at = NULL "
    "WHERE id = :id AND workspace_id = :ws AND (outcome IS NULL OR outcome = 'choosing')"};

bool ConnectionRepository::finish(const WorkspaceScope& scope, const ConnectionId& id,
                                  const std::string& outcome,
                                  const std::optional<std::string>& code,
                                  const std::optional<std::string>& detail,
                                  const std::vector<std::string>& account_ids) {
    return tx_.execute(kFinish, {arg("outcome", outcome), arg("code", code), arg("detail", detail),
                                 arg("account_ids", joinWords(account_ids)), arg("now", tx_.now()),
                                 arg("id", id.str()), arg("ws", scope.id().str())}) == 1;
}

constexpr Statement kCloseOldest{
    "connection.close_oldest",
    "UPDATE connections SET outcome = 'failed', outcome_code = 'connect_expired', "
    "finished_at = :now, verifier_sealed = NULL "
    "WHERE user_id = :user AND consumed_at IS NULL AND outcome IS NULL AND id NOT IN ("
    "SELECT k.id FROM connections k WHERE k.user_id = :user AND k.consumed_at IS NULL "
    "AND k.outcome IS NULL ORDER BY k.created_at DESC, k.id DESC LIMIT :keep)"};

std::int64_t ConnectionRepository::closeOldest(const UserId& user, std::int64_t keep) {
    return tx_.execute(kCloseOldest,
                       {arg("now", tx_.now()), arg("user", user.str()), arg("keep", keep)});
}

#define POSTATO_EXPIRED_CANDIDATES                                                   \
    "SELECT " POSTATO_CONNECTION_COLUMNS                                             \
    " FROM connections WHERE outcome = 'choosing' AND candidates_expire_at <= :now " \
    "AND (candidates_expire_at < :anyway OR platform IN (SELECT "
#define POSTATO_EXPIRED_ORDER ")) ORDER BY candidates_expire_at LIMIT :limit"
constexpr Statement kExpiredCandidatesSqlite{
    "connection.expired_candidates",
    POSTATO_EXPIRED_CANDIDATES "value FROM json_each(:platforms)" POSTATO_EXPIRED_ORDER,
    kConnectionTypes};
constexpr Statement kExpiredCandidatesPostgresql{
    "connection.expired_candidates",
    POSTATO_EXPIRED_CANDIDATES
    "json_array_elements_text(CAST(:platforms AS json))" POSTATO_EXPIRED_ORDER,
    kConnectionTypes};
constexpr Statement kTakeExpired{
    "connection.take_expired",
    "UPDATE connections SET candidates_sealed = NULL, candidates_expire_at = NULL, outcome = NULL "
    "WHERE id = :id AND outcome = 'choosing' AND candidates_sealed IS NOT NULL"};

std::vector<ScopedConnection> ConnectionRepository::takeExpiredCandidates(
    std::int64_t limit, const std::set<std::string>& platforms, TimePoint anyway) {
    const auto& statement = tx_.dialect() == Dialect::Postgresql ? kExpiredCandidatesPostgresql
                                                                 : kExpiredCandidatesSqlite;
    std::vector<ScopedConnection> taken;
    for (const auto& row :
         tx_.query(statement, {arg("now", tx_.now()), arg("limit", limit), arg("anyway", anyway),
                               arg("platforms", dumpJson(platforms))})) {
        auto found = scoped(row);
        if (tx_.execute(kTakeExpired, {arg("id", found.connection.id.str())}) == 1)
            taken.push_back(std::move(found));
    }
    return taken;
}

constexpr Statement kFailInterrupted{
    "connection.fail_interrupted",
    "UPDATE connections SET outcome = 'failed', outcome_code = 'interrupted', "
    "finished_at = :now, verifier_sealed = NULL "
    "WHERE consumed_at < :before AND outcome IS NULL"};

std::int64_t ConnectionRepository::failInterrupted(TimePoint before) {
    return tx_.execute(kFailInterrupted, {arg("now", tx_.now()), arg("before", before)});
}

constexpr Statement kSweep{"connection.sweep",
                           "DELETE FROM connections WHERE expires_at < :before "
                           "AND (outcome IS NULL OR outcome <> 'choosing')"};

std::int64_t ConnectionRepository::sweep(TimePoint before) {
    return tx_.execute(kSweep, {arg("before", before)});
}

}  // namespace postato::persistence
