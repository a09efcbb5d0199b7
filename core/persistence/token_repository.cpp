#include "persistence/token_repository.hpp"

#include <nlohmann/json.hpp>

#include "util/json.hpp"

namespace postato::persistence {
namespace {

// The columns of StoredTokens, in the order of `storedOf`; `t` is the tokens' alias.
#define POSTATO_TOKEN_COLUMNS                                                               \
    "t.account_id, t.generation, t.access_sealed, t.refresh_sealed, t.plugin_data_sealed, " \
    "t.key_id, t.token_type, t.refreshes_itself, t.issued_at, t.access_expires_at, "        \
    "t.refresh_expires_at, t.earliest_refresh_at, t.next_refresh_at, t.lease_owner, "       \
    "t.lease_epoch, t.lease_until, t.in_doubt_since, t.rejects, t.failures, "               \
    "t.last_error_code, t.written_by"
#define POSTATO_TOKEN_TYPES "titttitiiiiiitiiiiitt"

StoredTokens storedOf(const Row& row) {
    SealedTokens tokens{.account_id = AccountId::trusted(row.text(0))};
    tokens.generation = row.integer(1);
    tokens.access_sealed = row.text(2);
    tokens.refresh_sealed = row.optionalText(3);
    tokens.plugin_data_sealed = row.optionalText(4);
    tokens.key_id = row.integer(5);
    tokens.token_type = row.text(6);
    tokens.refreshes_itself = row.integer(7) != 0;
    tokens.issued_at = row.time(8);
    tokens.access_expires_at = row.optionalTime(9);
    tokens.refresh_expires_at = row.optionalTime(10);
    tokens.earliest_refresh_at = row.optionalTime(11);
    tokens.next_refresh_at = row.optionalTime(12);
    RefreshState state;
    state.lease_owner = row.optionalText(13);
    state.lease_epoch = row.integer(14);
    state.lease_until = row.optionalTime(15);
    state.in_doubt_since = row.optionalTime(16);
    state.rejects = row.integer(17);
    state.failures = row.integer(18);
    state.last_error_code = row.optionalText(19);
    return {std::move(tokens), std::move(state), row.optionalText(20).value_or("")};
}

Parameters pairParameters(const WorkspaceScope& scope, const SealedTokens& tokens,
                          const std::string& written_by) {
    return {arg("id", tokens.account_id.str()),
            arg("ws", scope.id().str()),
            arg("generation", tokens.generation),
            arg("access", tokens.access_sealed),
            arg("refresh", tokens.refresh_sealed),
            arg("data", tokens.plugin_data_sealed),
            arg("key_id", tokens.key_id),
            arg("token_type", tokens.token_type),
            arg("itself", tokens.refreshes_itself),
            arg("issued_at", tokens.issued_at),
            arg("access_expires_at", tokens.access_expires_at),
            arg("refresh_expires_at", tokens.refresh_expires_at),
            arg("earliest", tokens.earliest_refresh_at),
            arg("next", tokens.next_refresh_at),
            arg("written_by", written_by)};
}

}  // namespace

constexpr Statement kFind{"tokens.find",
                          "SELECT " POSTATO_TOKEN_COLUMNS
                          " FROM social_account_tokens t "
                          "WHERE t.account_id = :id AND t.workspace_id = :ws",
                          POSTATO_TOKEN_TYPES};

std::optional<StoredTokens> TokenRepository::find(const WorkspaceScope& scope,
                                                  const AccountId& id) {
    const auto row = tx_.queryOne(kFind, {arg("id", id.str()), arg("ws", scope.id().str())});
    return row ? std::optional(storedOf(*row)) : std::nullopt;
}

constexpr Statement kInsert{
    "tokens.insert",
    "INSERT INTO social_account_tokens (account_id, workspace_id, platform, generation, "
    "access_sealed, refresh_sealed, plugin_data_sealed, key_id, token_type, refreshes_itself, "
    "issued_at, access_expires_at, refresh_expires_at, earliest_refresh_at, next_refresh_at, "
    "written_by) SELECT a.id, a.workspace_id, a.platform, CAST(:generation AS BIGINT), :access, "
    "CAST(:refresh AS TEXT), CAST(:data AS TEXT), CAST(:key_id AS BIGINT), :token_type, "
    "CAST(:itself AS BIGINT), CAST(:issued_at AS BIGINT), CAST(:access_expires_at AS BIGINT), "
    "CAST(:refresh_expires_at AS BIGINT), CAST(:earliest AS BIGINT), CAST(:next AS BIGINT), "
    ":written_by FROM social_accounts a WHERE a.id = :id AND a.workspace_id = :ws "
    "AND a.deleted_at IS NULL"};

void TokenRepository::insert(const WorkspaceScope& scope, const SealedTokens& tokens,
                             const std::string& written_by) {
    if (tx_.execute(kInsert, pairParameters(scope, tokens, written_by)) != 1)
        throw notFound("Account");
}

// One text writes a pair, whoever brings it: the generation before it is the condition, and the
// account must be live. An answer that comes while somebody else has sent the same token since, and
// was refused, leaves doubt: the platform may have ended the new pair for it.
constexpr Statement kWritePair{
    "tokens.write_pair",
    "UPDATE social_account_tokens SET generation = :generation, access_sealed = :access, "
    "refresh_sealed = :refresh, plugin_data_sealed = :data, key_id = :key_id, "
    "token_type = :token_type, refreshes_itself = :itself, issued_at = :issued_at, "
    "access_expires_at = :access_expires_at, refresh_expires_at = :refresh_expires_at, "
    "earliest_refresh_at = :earliest, next_refresh_at = :next, lease_owner = NULL, "
    "lease_until = NULL, lease_epoch = lease_epoch + 1, in_doubt_since = CASE "
    "WHEN CAST(:refreshed AS BIGINT) = 1 AND rejects > 0 AND lease_epoch > (SELECT r.lease_epoch "
    "FROM refresh_attempts r WHERE r.id = :written_by) THEN CAST(:now AS BIGINT) END, rejects = 0, "
    "failures = 0, last_error_code = NULL, written_by = :written_by "
    "WHERE account_id = :id AND workspace_id = :ws AND generation = :generation - 1 "
    "AND EXISTS (SELECT 1 FROM social_accounts a WHERE a.id = :id AND a.deleted_at IS NULL)"};

bool TokenRepository::replace(const WorkspaceScope& scope, const SealedTokens& tokens,
                              const std::string& written_by) {
    return writePair(scope, tokens, written_by, false);
}

bool TokenRepository::writePair(const WorkspaceScope& scope, const SealedTokens& tokens,
                                const std::string& written_by, bool refreshed) {
    auto parameters = pairParameters(scope, tokens, written_by);
    parameters.push_back(arg("refreshed", refreshed));
    parameters.push_back(arg("now", tx_.now()));
    return tx_.execute(kWritePair, parameters) == 1;
}

// Takes the account's row before the tokens', as a disconnect does: of the two, the second sees
// what the first has done.
constexpr Statement kLockLiveAccount{
    "tokens.lock_live_account",
    "UPDATE social_accounts SET updated_at = :now "
    "WHERE id = :id AND workspace_id = :ws AND deleted_at IS NULL"};

bool TokenRepository::storeRefreshed(const WorkspaceScope& scope, const SealedTokens& tokens,
                                     const std::string& attempt_id) {
    if (tx_.execute(kLockLiveAccount, {arg("now", tx_.now()), arg("id", tokens.account_id.str()),
                                       arg("ws", scope.id().str())}) != 1)
        return false;
    return writePair(scope, tokens, attempt_id, true);
}

constexpr Statement kRelease{
    "tokens.release",
    "UPDATE social_account_tokens SET lease_owner = NULL, lease_until = NULL, "
    "next_refresh_at = :next, rejects = :rejects, failures = :failures, last_error_code = :code, "
    "in_doubt_since = CASE WHEN CAST(:in_doubt AS BIGINT) = 1 "
    "THEN COALESCE(in_doubt_since, :now) END "
    "WHERE account_id = :id AND workspace_id = :ws AND lease_epoch = :epoch "
    "AND lease_owner = :owner"};

bool TokenRepository::release(const RefreshClaim& claim, const Release& release) {
    return tx_.execute(
               kRelease,
               {arg("next", release.next_refresh_at), arg("rejects", release.rejects),
                arg("failures", release.failures), arg("code", release.error_code),
                arg("in_doubt", release.in_doubt), arg("now", tx_.now()),
                arg("id", claim.stored.tokens.account_id.str()), arg("ws", claim.scope.id().str()),
                arg("epoch", claim.stored.state.lease_epoch), arg("owner", claim.owner)}) == 1;
}

constexpr Statement kFinishAttempt{
    "tokens.finish_attempt",
    "UPDATE refresh_attempts SET finished_at = :now, outcome = :outcome, code = :code "
    "WHERE id = :id AND workspace_id = :ws"};

void TokenRepository::finishAttempt(const RefreshClaim& claim, const std::string& outcome,
                                    const std::optional<std::string>& code) {
    tx_.execute(kFinishAttempt, {arg("now", tx_.now()), arg("outcome", outcome), arg("code", code),
                                 arg("id", claim.attempt_id), arg("ws", claim.scope.id().str())});
}

constexpr Statement kLastOutcome{
    "tokens.last_outcome",
    "SELECT outcome FROM refresh_attempts WHERE account_id = :account AND workspace_id = :ws "
    "AND finished_at IS NOT NULL ORDER BY lease_epoch DESC LIMIT 1",
    "t"};

std::optional<std::string> TokenRepository::lastOutcome(const WorkspaceScope& scope,
                                                        const AccountId& id) {
    const auto row =
        tx_.queryOne(kLastOutcome, {arg("account", id.str()), arg("ws", scope.id().str())});
    return row ? row->optionalText(0) : std::nullopt;
}

constexpr Statement kFindSettledAttempt{
    "tokens.find_settled_attempt",
    "SELECT id FROM refresh_attempts WHERE id = :id AND workspace_id = :ws "
    "AND finished_at IS NOT NULL AND outcome <> 'in_doubt'",
    "t"};

bool TokenRepository::attemptSettled(const WorkspaceScope& scope, const std::string& attempt_id) {
    return tx_.queryOne(kFindSettledAttempt, {arg("id", attempt_id), arg("ws", scope.id().str())})
        .has_value();
}

constexpr Statement kAny{"tokens.any", "SELECT 1 FROM social_account_tokens LIMIT 1", "i"};

bool TokenRepository::any() { return tx_.queryOne(kAny).has_value(); }

constexpr Statement kErase{
    "tokens.erase",
    "DELETE FROM social_account_tokens WHERE account_id = :id AND workspace_id = :ws"};

bool TokenRepository::erase(const WorkspaceScope& scope, const AccountId& id) {
    return tx_.execute(kErase, {arg("id", id.str()), arg("ws", scope.id().str())}) == 1;
}

constexpr Statement kCountDue{"tokens.count_due",
                              "SELECT platform, COUNT(*) FROM social_account_tokens "
                              "WHERE next_refresh_at <= :now GROUP BY platform",
                              "ti"};

std::map<std::string, std::int64_t> TokenRepository::countDue() {
    std::map<std::string, std::int64_t> counts;
    for (const auto& row : tx_.query(kCountDue, {arg("now", tx_.now())}))
        counts[row.text(0)] = row.integer(1);
    return counts;
}

constexpr Statement kSweepAttempts{"tokens.sweep_attempts",
                                   "DELETE FROM refresh_attempts WHERE started_at < :before"};

std::int64_t TokenRepository::sweepAttempts(TimePoint before) {
    return tx_.execute(kSweepAttempts, {arg("before", before)});
}

// A lease taken over from one who never gave it back leaves doubt: its request may have been sent.
// Whoever never gives it back makes the row due when it ends, even if he took it before its time.
#define POSTATO_TAKE_LEASE                                                    \
    "UPDATE social_account_tokens AS t SET lease_epoch = t.lease_epoch + 1, " \
    "in_doubt_since = CASE WHEN t.lease_owner IS NOT NULL "                   \
    "THEN :now ELSE t.in_doubt_since END, "                                   \
    "lease_owner = :owner, lease_until = :until, next_refresh_at = :until "
// The account is asked for row by row, so that a planner cannot begin with the accounts, which it
// takes for few while it has no statistics; and by IS NOT NULL, which it takes for likely.
// Otherwise it sorts all that is due for each claim.
#define POSTATO_DUE                                                                  \
    "SELECT d.account_id FROM social_account_tokens d "                              \
    "WHERE d.platform = :platform AND d.next_refresh_at <= :now "                    \
    "AND (d.lease_owner IS NULL OR d.lease_until <= :now) "                          \
    "AND d.key_id <= CAST(:newest_key AS BIGINT) "                                   \
    "AND (d.lease_owner IS NOT NULL "                                                \
    "OR COALESCE(d.access_expires_at - d.issued_at, 0) <= CAST(:longest AS BIGINT) " \
    "OR (d.in_doubt_since IS NULL AND CAST(:careful AS BIGINT) = 0)) "               \
    "AND (SELECT a.id FROM social_accounts a WHERE a.id = d.account_id "             \
    "AND a.status = 'connected' AND a.deleted_at IS NULL) IS NOT NULL "              \
    "ORDER BY d.next_refresh_at LIMIT :limit"
// RETURNING cannot join, so the account's columns are asked for row by row.
#define POSTATO_CLAIM_RETURNING " RETURNING " POSTATO_BARE_TOKEN_COLUMNS
#define POSTATO_BARE_TOKEN_COLUMNS                                                        \
    "account_id, generation, access_sealed, refresh_sealed, plugin_data_sealed, key_id, " \
    "token_type, refreshes_itself, issued_at, access_expires_at, refresh_expires_at, "    \
    "earliest_refresh_at, next_refresh_at, lease_owner, lease_epoch, lease_until, "       \
    "in_doubt_since, rejects, failures, last_error_code, written_by, "                    \
    "workspace_id, platform, "                                                            \
    "(SELECT s.client_id FROM social_accounts s WHERE s.id = account_id), "               \
    "(SELECT s.grant_key FROM social_accounts s WHERE s.id = account_id)"

constexpr Statement kClaimDueSqlite{"tokens.claim_due",
                                    POSTATO_TAKE_LEASE "WHERE account_id IN (" POSTATO_DUE
                                                       ")" POSTATO_CLAIM_RETURNING,
                                    POSTATO_TOKEN_TYPES "tttt"};
// An array is computed once; a planner may run a sub-select in IN again and lock beyond the limit.
constexpr Statement kClaimDuePostgresql{"tokens.claim_due",
                                        POSTATO_TAKE_LEASE
                                        "WHERE account_id = ANY (ARRAY(" POSTATO_DUE
                                        " FOR UPDATE OF d SKIP LOCKED))" POSTATO_CLAIM_RETURNING,
                                        POSTATO_TOKEN_TYPES "tttt"};
// Names the generation: on PostgreSQL another refresh may end between the caller's look and this.
constexpr Statement kClaimOne{
    "tokens.claim_one",
    POSTATO_TAKE_LEASE
    "WHERE account_id = :id AND workspace_id = :ws AND t.generation = :generation "
    "AND (t.lease_owner IS NULL OR t.lease_until <= :now) "
    "AND EXISTS (SELECT 1 FROM social_accounts a WHERE a.id = :id "
    "AND a.status = 'connected' AND a.deleted_at IS NULL)" POSTATO_CLAIM_RETURNING,
    POSTATO_TOKEN_TYPES "tttt"};

constexpr Statement kInsertAttempt{
    "tokens.insert_attempt",
    "INSERT INTO refresh_attempts (id, workspace_id, account_id, generation, lease_epoch, owner, "
    "started_at) VALUES (:id, :ws, :account, :generation, :epoch, :owner, :now)"};

RefreshClaim TokenRepository::claimOf(const Row& row, const std::string& owner, Random& random) {
    const auto workspace = WorkspaceId::trusted(row.text(21));
    RefreshClaim claim{.scope = RowScope::of(workspace),
                       .platform = row.text(22),
                       .client_id = row.text(23),
                       .grant_key = row.text(24),
                       .attempt_id = AttemptId::make(tx_.now(), random).str(),
                       .owner = owner,
                       .stored = storedOf(row),
                       .clock = tx_.runningClock()};
    claim.taken_over = claim.stored.state.in_doubt_since == tx_.now();
    tx_.execute(kInsertAttempt, {arg("id", claim.attempt_id), arg("ws", workspace.str()),
                                 arg("account", claim.stored.tokens.account_id.str()),
                                 arg("generation", claim.stored.tokens.generation),
                                 arg("epoch", claim.stored.state.lease_epoch), arg("owner", owner),
                                 arg("now", tx_.now())});
    return claim;
}

constexpr Statement kAccountOfAttempt{"tokens.account_of_attempt",
                                      "SELECT platform, client_id, grant_key FROM social_accounts "
                                      "WHERE id = :id AND workspace_id = :ws",
                                      "ttt"};

std::optional<RefreshClaim> TokenRepository::ofAttempt(const WorkspaceId& workspace,
                                                       const AccountId& id,
                                                       const std::string& attempt_id) {
    const auto account =
        tx_.queryOne(kAccountOfAttempt, {arg("id", id.str()), arg("ws", workspace.str())});
    if (!account) return std::nullopt;
    const auto scope = RowScope::of(workspace);
    const auto stored = find(scope, id);
    return RefreshClaim{.scope = scope,
                        .platform = account->text(0),
                        .client_id = account->text(1),
                        .grant_key = account->text(2),
                        .attempt_id = attempt_id,
                        .owner = {},
                        .stored = stored.value_or(StoredTokens{SealedTokens{.account_id = id}}),
                        .clock = tx_.runningClock()};
}

constexpr Statement kGenerationsSqlite{
    "tokens.generations",
    "SELECT account_id, generation FROM social_account_tokens "
    "WHERE account_id IN (SELECT value FROM json_each(:accounts))",
    "ti"};
constexpr Statement kGenerationsPostgresql{
    "tokens.generations",
    "SELECT account_id, generation FROM social_account_tokens "
    "WHERE account_id IN (SELECT json_array_elements_text(CAST(:accounts AS json)))",
    "ti"};

std::map<std::string, std::int64_t> TokenRepository::generations(
    const std::set<std::string>& accounts) {
    const auto& statement =
        tx_.dialect() == Dialect::Postgresql ? kGenerationsPostgresql : kGenerationsSqlite;
    std::map<std::string, std::int64_t> generations;
    for (const auto& row : tx_.query(statement, {arg("accounts", dumpJson(accounts))}))
        generations[row.text(0)] = row.integer(1);
    return generations;
}

constexpr Statement kDoubt{
    "tokens.doubt",
    "UPDATE social_account_tokens SET in_doubt_since = :now, next_refresh_at = :next "
    "WHERE account_id = :id AND workspace_id = :ws AND generation = :generation "
    "AND in_doubt_since IS NULL AND lease_owner IS NULL AND EXISTS (SELECT 1 "
    "FROM social_accounts a WHERE a.id = :id AND a.status = 'connected' "
    "AND a.deleted_at IS NULL)"};

bool TokenRepository::doubt(const WorkspaceScope& scope, const AccountId& id,
                            std::int64_t generation, TimePoint next_refresh_at) {
    return tx_.execute(kDoubt,
                       {arg("now", tx_.now()), arg("next", next_refresh_at), arg("id", id.str()),
                        arg("ws", scope.id().str()), arg("generation", generation)}) == 1;
}

const Statement& TokenRepository::claimDueStatement(Dialect dialect) {
    return dialect == Dialect::Postgresql ? kClaimDuePostgresql : kClaimDueSqlite;
}

std::vector<RefreshClaim> TokenRepository::claimDue(const std::string& platform,
                                                    const std::string& owner,
                                                    std::chrono::milliseconds lease,
                                                    const DueFilter& filter, Random& random) {
    const auto& statement = claimDueStatement(tx_.dialect());
    std::vector<RefreshClaim> claims;
    for (const auto& row : tx_.query(
             statement, {arg("platform", platform), arg("owner", owner), arg("now", tx_.now()),
                         arg("until", tx_.now() + lease), arg("limit", filter.limit),
                         arg("longest", std::int64_t{filter.longest.count()}),
                         arg("careful", filter.careful), arg("newest_key", filter.newest_key)}))
        claims.push_back(claimOf(row, owner, random));
    return claims;
}

std::optional<RefreshClaim> TokenRepository::claim(const WorkspaceScope& scope, const AccountId& id,
                                                   std::int64_t generation,
                                                   const std::string& owner,
                                                   std::chrono::milliseconds lease,
                                                   Random& random) {
    const auto row = tx_.queryOne(
        kClaimOne, {arg("id", id.str()), arg("ws", scope.id().str()), arg("generation", generation),
                    arg("owner", owner), arg("now", tx_.now()), arg("until", tx_.now() + lease)});
    return row ? std::optional(claimOf(*row, owner, random)) : std::nullopt;
}

}  // namespace postato::persistence
