#pragma once

/// \file
/// Sweeps what has ended: pending authorizations, candidates, links, sessions, counters.

#include "accounts/connection_service.hpp"
#include "accounts/revocation_queue.hpp"
#include "accounts/sign_in_service.hpp"

namespace postato::accounts {

/// Thread-safe. Several processes may sweep at once: each row is taken by one.
class Housekeeper {
public:
    Housekeeper(persistence::Database& database, const PlatformGateway& platforms,
                const TokenVault& vault, RevocationQueue& revocations, const Logger& log,
                SessionPolicy sessions);

    /// One round. Candidates nobody chose are revoked, not only forgotten.
    void sweep();

private:
    void revokeExpiredCandidates();
    void revoke(persistence::Transaction& tx, const persistence::WorkspaceScope& scope,
                const persistence::Connection& connection, const platforms::PlatformEntry& entry);

    persistence::Database& database_;
    const PlatformGateway& platforms_;
    const TokenVault& vault_;
    RevocationQueue& revocations_;
    const Logger& log_;
    SessionPolicy sessions_;
};

}  // namespace postato::accounts
