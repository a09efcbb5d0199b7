#pragma once

/// \file
/// Everything in the database that is sealed, whatever it is: for sealing it anew under another
/// key, counting it, and opening all of it to prove that it opens.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"
#include "persistence/workspace_scope.hpp"
#include "util/ids.hpp"

namespace postato::persistence {

/// The ciphertexts of one account's pair.
struct SealedPair {
    WorkspaceScope scope;
    AccountId account_id;
    std::int64_t generation = 0;
    std::int64_t key_id = 0;
    std::string access_sealed;
    std::optional<std::string> refresh_sealed;
    std::optional<std::string> plugin_data_sealed;
};

/// A ciphertext of a row that has no generation, in one of the columns below.
struct SealedText {
    WorkspaceScope scope;
    std::string row;
    std::string sealed;
};

/// Columns that hold sealed texts for a day at most: they are left to end instead of being sealed
/// anew.
enum class PassingColumn { ConnectionVerifier = 1, ConnectionCandidates, RevocationCredentials };

class SealedRowRepository {
public:
    explicit SealedRowRepository(Transaction& tx) : tx_(tx) {}

    /// Pairs under the key `key_id` behind the account `after` (empty: from the first on), in the
    /// order of the accounts. They stay locked until the end of the transaction; those that
    /// another transaction works on are passed over.
    std::vector<SealedPair> takeUnder(std::int64_t key_id, const std::string& after,
                                      std::int64_t limit);
    /// Stores the texts of `pair`, sealed anew under `pair.key_id`, where they were under
    /// `before`. The generation stays, so whoever refreshes meanwhile is not disturbed. False when
    /// the pair is another by now.
    bool storeSealedAnew(const SealedPair& pair, std::int64_t before);

    /// All pairs, in the order of the accounts, behind `after`.
    std::vector<SealedPair> pairsAfter(const std::string& after, std::int64_t limit);
    std::vector<SealedText> textsAfter(PassingColumn column, const std::string& after,
                                       std::int64_t limit);

    /// How many pairs there are under each key.
    std::map<std::int64_t, std::int64_t> countPairs();
    /// How many texts of the passing columns begin with `prefix`.
    std::int64_t countTexts(const std::string& prefix);
    /// How many pairs are under another key than `key_id`; costs what they are, not what there is.
    std::int64_t countPairsNotUnder(std::int64_t key_id);
    /// What the texts of the passing columns begin with: `crypto::prefixOf` their keys.
    std::vector<std::string> textPrefixes();

private:
    static SealedPair pairOf(const Row& row);

    Transaction& tx_;
};

}  // namespace postato::persistence
