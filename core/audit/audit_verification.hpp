#pragma once

/// \file
/// Whether the audit trail is as it was written.

#include <cstdint>
#include <string>
#include <vector>

#include "persistence/audit_repository.hpp"
#include "persistence/database.hpp"

namespace postato::audit {

struct Verification {
    std::int64_t records = 0;
    std::int64_t imported = 0;  ///< of them from before there was a chain: not linked
    /// Where each chain ended when it was looked at. Whoever keeps them elsewhere can show later
    /// that nothing before them was changed.
    std::vector<persistence::AuditChainEnd> ends;
    std::vector<std::string> problems;  ///< a sentence each that names chain and record
};

/// Reads every chain in small steps, beside running services. `kept` are ends of an earlier
/// verification: they must still be part of their chains. Throws Error{Unavailable}.
Verification verify(persistence::Database& database,
                    const std::vector<persistence::AuditChainEnd>& kept);

}  // namespace postato::audit
