#include "accounts/seal_check.hpp"

#include "accounts/connect_candidates.hpp"
#include "accounts/revocation_queue.hpp"
#include "persistence/sealed_row_repository.hpp"

namespace postato::accounts {
namespace {

using persistence::PassingColumn;
using persistence::SealedRowRepository;
using persistence::Transaction;

constexpr std::int64_t kStep = 500;

/// Runs `open`; false, with the place noted, when it does not.
template <class Open>
bool opens(SealCheck& check, const Open& open) {
    try {
        open();
        return true;
    } catch (const Error& error) {
        if (error.code() != ErrorCode::DecryptFailed) throw;
        ++check.failed;
        if (check.failures.size() < SealCheck::kNamed) check.failures.push_back(error.detail());
        return false;
    }
}

void checkPairs(persistence::Database& database, const TokenVault& vault, SealCheck& check) {
    std::string after;
    for (;;) {
        const auto pairs = database.read(
            [&](Transaction& tx) { return SealedRowRepository(tx).pairsAfter(after, kStep); });
        if (pairs.empty()) return;
        for (const auto& pair : pairs)
            check.accounts += opens(check, [&] { vault.check(pair); }) ? 1 : 0;
        after = pairs.back().account_id.str();
    }
}

std::int64_t checkTexts(persistence::Database& database, const TokenVault& vault,
                        PassingColumn column, const char* table, const char* name,
                        SealCheck& check) {
    std::string after;
    std::int64_t opened = 0;
    for (;;) {
        const auto texts = database.read([&](Transaction& tx) {
            return SealedRowRepository(tx).textsAfter(column, after, kStep);
        });
        if (texts.empty()) return opened;
        for (const auto& text : texts)
            opened += opens(check,
                            [&] { vault.openText(text.scope, table, text.row, name, text.sealed); })
                          ? 1
                          : 0;
        after = texts.back().row;
    }
}

}  // namespace

SealCheck checkSeals(persistence::Database& database, const TokenVault& vault) {
    SealCheck check;
    checkPairs(database, vault, check);
    check.connections += checkTexts(database, vault, PassingColumn::ConnectionVerifier,
                                    kCandidatesTable, kVerifierColumn, check);
    check.connections += checkTexts(database, vault, PassingColumn::ConnectionCandidates,
                                    kCandidatesTable, kCandidatesColumn, check);
    check.revocations += checkTexts(database, vault, PassingColumn::RevocationCredentials,
                                    kRevocationsTable, kRevocationsColumn, check);
    return check;
}

}  // namespace postato::accounts
