#include "persistence/installation_repository.hpp"

namespace postato::persistence {

constexpr Statement kFind{"installation.find", "SELECT id FROM installation", "t"};

std::optional<InstallationId> InstallationRepository::find() {
    const auto row = tx_.queryOne(kFind);
    return row ? std::optional(InstallationId::trusted(row->text(0))) : std::nullopt;
}

constexpr Statement kEnsure{"installation.ensure",
                            "INSERT INTO installation (id, only_one, created_at) "
                            "VALUES (:id, 1, :now) ON CONFLICT (only_one) DO NOTHING"};

InstallationId InstallationRepository::ensure(const InstallationId& proposal) {
    tx_.execute(kEnsure, {arg("id", proposal.str()), arg("now", tx_.now())});
    return find().value_or(proposal);
}

constexpr Statement kDataKeys{
    "data_key.list", "SELECT id, wrapped, state, seals FROM data_keys ORDER BY id", "itti"};

std::vector<StoredDataKey> InstallationRepository::dataKeys() {
    std::vector<StoredDataKey> keys;
    for (const auto& row : tx_.query(kDataKeys))
        keys.push_back({row.integer(0), row.text(1), row.text(2), row.integer(3)});
    return keys;
}

constexpr Statement kInsertDataKey{"data_key.insert",
                                   "INSERT INTO data_keys (id, wrapped, state, created_at) "
                                   "VALUES (:id, :wrapped, :state, :now)"};

void InstallationRepository::insertDataKey(const StoredDataKey& key) {
    tx_.execute(kInsertDataKey, {arg("id", key.id), arg("wrapped", key.wrapped),
                                 arg("state", key.state), arg("now", tx_.now())});
}

constexpr Statement kAddSeals{"data_key.add_seals",
                              "UPDATE data_keys SET seals = seals + :count WHERE id = :id"};

void InstallationRepository::addSeals(std::int64_t key_id, std::int64_t count) {
    tx_.execute(kAddSeals, {arg("count", count), arg("id", key_id)});
}

constexpr Statement kHasSealedRows{
    "installation.has_sealed_rows",
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM social_account_tokens) "
    "OR EXISTS (SELECT 1 FROM connections WHERE verifier_sealed IS NOT NULL "
    "           OR candidates_sealed IS NOT NULL) "
    "OR EXISTS (SELECT 1 FROM revocations WHERE credentials_sealed IS NOT NULL) "
    "THEN 1 ELSE 0 END",
    "i"};

bool InstallationRepository::hasSealedRows() {
    return tx_.queryOne(kHasSealedRows)->integer(0) != 0;
}

}  // namespace postato::persistence
