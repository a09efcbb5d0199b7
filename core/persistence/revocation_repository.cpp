#include "persistence/revocation_repository.hpp"

namespace postato::persistence {
namespace {

#define POSTATO_REVOCATION_COLUMNS                                                       \
    "id, workspace_id, account_id, platform, client_id, grant_key, credentials_sealed, " \
    "created_at, give_up_at, attempts, outcome"
constexpr const char* kRevocationTypes = "tttttttiiit";

QueuedRevocation revocationOf(const Row& row) {
    QueuedRevocation revocation{.id = RevocationId::trusted(row.text(0)),
                                .workspace_id = WorkspaceId::trusted(row.text(1))};
    if (const auto account = row.optionalText(2))
        revocation.account_id = AccountId::trusted(*account);
    revocation.platform = row.text(3);
    revocation.client_id = row.text(4);
    revocation.grant_key = row.text(5);
    revocation.credentials_sealed = row.optionalText(6);
    revocation.created_at = row.time(7);
    revocation.give_up_at = row.time(8);
    revocation.attempts = row.integer(9);
    revocation.outcome = row.optionalText(10);
    return revocation;
}

}  // namespace

constexpr Statement kInsert{
    "revocation.insert",
    "INSERT INTO revocations (id, workspace_id, account_id, platform, client_id, grant_key, "
    "credentials_sealed, created_at, give_up_at, next_attempt_at) VALUES (:id, :ws, :account, "
    ":platform, :client_id, :grant_key, :credentials, :created_at, :give_up_at, :created_at)"};

void RevocationRepository::insert(const WorkspaceScope& scope, const QueuedRevocation& revocation) {
    const auto account =
        revocation.account_id ? std::optional(revocation.account_id->str()) : std::nullopt;
    tx_.execute(
        kInsert,
        {arg("id", revocation.id.str()), arg("ws", scope.id().str()), arg("account", account),
         arg("platform", revocation.platform), arg("client_id", revocation.client_id),
         arg("grant_key", revocation.grant_key), arg("credentials", revocation.credentials_sealed),
         arg("created_at", revocation.created_at), arg("give_up_at", revocation.give_up_at)});
}

#define POSTATO_REVOCATION_TAKE                                           \
    "UPDATE revocations SET lease_owner = :owner, lease_until = :until, " \
    "attempts = attempts + 1 WHERE id "
#define POSTATO_REVOCATION_DUE                                                              \
    "SELECT d.id FROM revocations d "                                                       \
    "WHERE d.next_attempt_at <= :now AND (d.lease_until IS NULL OR d.lease_until <= :now) " \
    "ORDER BY d.next_attempt_at LIMIT :limit"
constexpr Statement kClaimDueSqlite{
    "revocation.claim_due",
    POSTATO_REVOCATION_TAKE "IN (" POSTATO_REVOCATION_DUE ") RETURNING " POSTATO_REVOCATION_COLUMNS,
    kRevocationTypes};
constexpr Statement kClaimDuePostgresql{
    "revocation.claim_due",
    POSTATO_REVOCATION_TAKE "= ANY (ARRAY(" POSTATO_REVOCATION_DUE
                            " FOR UPDATE SKIP LOCKED)) RETURNING " POSTATO_REVOCATION_COLUMNS,
    kRevocationTypes};

std::vector<RevocationClaim> RevocationRepository::claimDue(const std::string& owner,
                                                            std::chrono::milliseconds lease,
                                                            std::int64_t limit) {
    const auto& statement =
        tx_.dialect() == Dialect::Postgresql ? kClaimDuePostgresql : kClaimDueSqlite;
    std::vector<RevocationClaim> claims;
    for (const auto& row :
         tx_.query(statement, {arg("owner", owner), arg("until", tx_.now() + lease),
                               arg("now", tx_.now()), arg("limit", limit)})) {
        auto revocation = revocationOf(row);
        claims.push_back({RowScope::of(revocation.workspace_id), std::move(revocation)});
    }
    return claims;
}

constexpr Statement kRetryAt{"revocation.retry_at",
                             "UPDATE revocations SET next_attempt_at = :at, lease_owner = NULL, "
                             "lease_until = NULL WHERE id = :id AND workspace_id = :ws "
                             "AND outcome IS NULL"};

void RevocationRepository::retryAt(const RevocationClaim& claim, TimePoint at) {
    tx_.execute(kRetryAt, {arg("at", at), arg("id", claim.revocation.id.str()),
                           arg("ws", claim.scope.id().str())});
}

constexpr Statement kFinish{
    "revocation.finish",
    "UPDATE revocations SET outcome = :outcome, finished_at = :now, next_attempt_at = NULL, "
    "lease_owner = NULL, lease_until = NULL, credentials_sealed = NULL "
    "WHERE id = :id AND workspace_id = :ws AND outcome IS NULL"};

bool RevocationRepository::finish(const RevocationClaim& claim, const std::string& outcome) {
    return tx_.execute(kFinish, {arg("outcome", outcome), arg("now", tx_.now()),
                                 arg("id", claim.revocation.id.str()),
                                 arg("ws", claim.scope.id().str())}) == 1;
}

constexpr Statement kFindByAccount{"revocation.find_by_account",
                                   "SELECT " POSTATO_REVOCATION_COLUMNS
                                   " FROM revocations WHERE account_id = :account "
                                   "AND workspace_id = :ws ORDER BY created_at DESC, id DESC "
                                   "LIMIT 1",
                                   kRevocationTypes};

std::optional<QueuedRevocation> RevocationRepository::findByAccount(const WorkspaceScope& scope,
                                                                    const AccountId& id) {
    const auto row =
        tx_.queryOne(kFindByAccount, {arg("account", id.str()), arg("ws", scope.id().str())});
    return row ? std::optional(revocationOf(*row)) : std::nullopt;
}

constexpr Statement kCountWaiting{
    "revocation.count_waiting",
    "SELECT COUNT(*) FROM revocations WHERE next_attempt_at IS NOT NULL", "i"};

std::int64_t RevocationRepository::countWaiting() {
    return tx_.queryOne(kCountWaiting)->integer(0);
}

}  // namespace postato::persistence
