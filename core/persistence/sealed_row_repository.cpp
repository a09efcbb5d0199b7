#include "persistence/sealed_row_repository.hpp"

namespace postato::persistence {
namespace {

#define POSTATO_PAIR_COLUMNS                                        \
    "workspace_id, account_id, generation, key_id, access_sealed, " \
    "refresh_sealed, plugin_data_sealed"
#define POSTATO_PAIR_TYPES "ttiittt"

}  // namespace

#define POSTATO_UNDER_KEY                              \
    "SELECT " POSTATO_PAIR_COLUMNS                     \
    " FROM social_account_tokens WHERE key_id = :key " \
    "AND account_id > :after ORDER BY account_id LIMIT :limit"

// A claim, so a pair of statements: SQLite has one writer at a time and no row to lock.
constexpr Statement kTakeUnderSqlite{"sealed.take_under", POSTATO_UNDER_KEY, POSTATO_PAIR_TYPES};
constexpr Statement kTakeUnderPostgresql{
    "sealed.take_under", POSTATO_UNDER_KEY " FOR UPDATE SKIP LOCKED", POSTATO_PAIR_TYPES};

SealedPair SealedRowRepository::pairOf(const Row& row) {
    return {.scope = RowScope::of(WorkspaceId::trusted(row.text(0))),
            .account_id = AccountId::trusted(row.text(1)),
            .generation = row.integer(2),
            .key_id = row.integer(3),
            .access_sealed = row.text(4),
            .refresh_sealed = row.optionalText(5),
            .plugin_data_sealed = row.optionalText(6)};
}

std::vector<SealedPair> SealedRowRepository::takeUnder(std::int64_t key_id,
                                                       const std::string& after,
                                                       std::int64_t limit) {
    const auto& statement =
        tx_.dialect() == Dialect::Postgresql ? kTakeUnderPostgresql : kTakeUnderSqlite;
    std::vector<SealedPair> pairs;
    for (const auto& row :
         tx_.query(statement, {arg("key", key_id), arg("after", after), arg("limit", limit)}))
        pairs.push_back(pairOf(row));
    return pairs;
}

constexpr Statement kStoreSealedAnew{
    "sealed.store_anew",
    "UPDATE social_account_tokens SET access_sealed = :access, refresh_sealed = :refresh, "
    "plugin_data_sealed = :data, key_id = :key WHERE account_id = :id AND workspace_id = :ws "
    "AND generation = :generation AND key_id = :before"};

bool SealedRowRepository::storeSealedAnew(const SealedPair& pair, std::int64_t before) {
    return tx_.execute(kStoreSealedAnew,
                       {arg("access", pair.access_sealed), arg("refresh", pair.refresh_sealed),
                        arg("data", pair.plugin_data_sealed), arg("key", pair.key_id),
                        arg("id", pair.account_id.str()), arg("ws", pair.scope.id().str()),
                        arg("generation", pair.generation), arg("before", before)}) == 1;
}

constexpr Statement kPairsAfter{"sealed.pairs_after",
                                "SELECT " POSTATO_PAIR_COLUMNS
                                " FROM social_account_tokens WHERE account_id > :after "
                                "ORDER BY account_id LIMIT :limit",
                                POSTATO_PAIR_TYPES};

std::vector<SealedPair> SealedRowRepository::pairsAfter(const std::string& after,
                                                        std::int64_t limit) {
    std::vector<SealedPair> pairs;
    for (const auto& row : tx_.query(kPairsAfter, {arg("after", after), arg("limit", limit)}))
        pairs.push_back(pairOf(row));
    return pairs;
}

constexpr Statement kVerifiersAfter{"sealed.verifiers_after",
                                    "SELECT workspace_id, id, verifier_sealed FROM connections "
                                    "WHERE verifier_sealed IS NOT NULL AND id > :after "
                                    "ORDER BY id LIMIT :limit",
                                    "ttt"};
constexpr Statement kCandidatesAfter{"sealed.candidates_after",
                                     "SELECT workspace_id, id, candidates_sealed FROM connections "
                                     "WHERE candidates_sealed IS NOT NULL AND id > :after "
                                     "ORDER BY id LIMIT :limit",
                                     "ttt"};
constexpr Statement kCredentialsAfter{
    "sealed.credentials_after",
    "SELECT workspace_id, id, credentials_sealed FROM revocations "
    "WHERE credentials_sealed IS NOT NULL AND id > :after ORDER BY id LIMIT :limit",
    "ttt"};

std::vector<SealedText> SealedRowRepository::textsAfter(PassingColumn column,
                                                        const std::string& after,
                                                        std::int64_t limit) {
    const auto& statement = column == PassingColumn::ConnectionVerifier     ? kVerifiersAfter
                            : column == PassingColumn::ConnectionCandidates ? kCandidatesAfter
                                                                            : kCredentialsAfter;
    std::vector<SealedText> texts;
    for (const auto& row : tx_.query(statement, {arg("after", after), arg("limit", limit)}))
        texts.push_back(
            {RowScope::of(WorkspaceId::trusted(row.text(0))), row.text(1), row.text(2)});
    return texts;
}

constexpr Statement kCountPairs{
    "sealed.count_pairs", "SELECT key_id, COUNT(*) FROM social_account_tokens GROUP BY key_id",
    "ii"};

std::map<std::int64_t, std::int64_t> SealedRowRepository::countPairs() {
    std::map<std::int64_t, std::int64_t> counts;
    for (const auto& row : tx_.query(kCountPairs)) counts[row.integer(0)] = row.integer(1);
    return counts;
}

constexpr Statement kCountTexts{
    "sealed.count_texts",
    "SELECT (SELECT COUNT(*) FROM connections WHERE SUBSTR(verifier_sealed, 1, 8) = :prefix) "
    "+ (SELECT COUNT(*) FROM connections WHERE SUBSTR(candidates_sealed, 1, 8) = :prefix) "
    "+ (SELECT COUNT(*) FROM revocations WHERE SUBSTR(credentials_sealed, 1, 8) = :prefix)",
    "i"};

std::int64_t SealedRowRepository::countTexts(const std::string& prefix) {
    return tx_.queryOne(kCountTexts, {arg("prefix", prefix)})->integer(0);
}

// Two ranges of the index on the key: `<>` would read all of it.
constexpr Statement kCountPairsNotUnder{
    "sealed.count_pairs_not_under",
    "SELECT (SELECT COUNT(*) FROM social_account_tokens WHERE key_id < :key) "
    "+ (SELECT COUNT(*) FROM social_account_tokens WHERE key_id > :key)",
    "i"};

std::int64_t SealedRowRepository::countPairsNotUnder(std::int64_t key_id) {
    return tx_.queryOne(kCountPairsNotUnder, {arg("key", key_id)})->integer(0);
}

constexpr Statement kTextPrefixes{
    "sealed.text_prefixes",
    "SELECT SUBSTR(verifier_sealed, 1, 8) FROM connections WHERE verifier_sealed IS NOT NULL "
    "UNION SELECT SUBSTR(candidates_sealed, 1, 8) FROM connections "
    "WHERE candidates_sealed IS NOT NULL "
    "UNION SELECT SUBSTR(credentials_sealed, 1, 8) FROM revocations "
    "WHERE credentials_sealed IS NOT NULL",
    "t"};

std::vector<std::string> SealedRowRepository::textPrefixes() {
    std::vector<std::string> prefixes;
    for (const auto& row : tx_.query(kTextPrefixes)) prefixes.push_back(row.text(0));
    return prefixes;
}

}  // namespace postato::persistence
