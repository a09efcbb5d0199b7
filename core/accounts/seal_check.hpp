#pragma once

/// \file
/// Opens everything that is sealed in the database: the proof that the keys at hand are enough.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "accounts/token_vault.hpp"
#include "persistence/database.hpp"

namespace postato::accounts {

struct SealCheck {
    std::int64_t accounts = 0;     ///< whose pair opened
    std::int64_t connections = 0;  ///< pending, whose verifier or candidates opened
    std::int64_t revocations = 0;  ///< waiting, whose credentials opened
    /// What did not: places, without secrets. At most kNamed are named.
    std::vector<std::string> failures;
    std::int64_t failed = 0;

    static constexpr std::size_t kNamed = 50;
};

/// Reads in small steps beside a running service. Throws Error{Unavailable}.
SealCheck checkSeals(persistence::Database& database, const TokenVault& vault);

}  // namespace postato::accounts
