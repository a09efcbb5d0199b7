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
