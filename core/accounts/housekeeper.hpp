#pragma once

/// \file
/// Sweeps what has ended: pending authorizations, candidates, links, sessions, counters.

#include "accounts/connect_candidates.hpp"
#include "accounts/connection_service.hpp"
#include "accounts/platform_breakers.hpp"
#include "accounts/revocation_queue.hpp"
#include "accounts/sign_in_service.hpp"

namespace postato::accounts {

struct HousekeepingPolicy {
    SessionPolicy sessions;
    /// How long the journal keeps what the database has: for so long back a database that lost its
    /// last commits can be repaired.
    std::chrono::seconds keep_answers{3600};
};

/// Thread-safe. Several processes may sweep at once: each row is taken by one.
class Housekeeper {
public:
    Housekeeper(persistence::Database& database, const PlatformGateway& platforms,
                const TokenVault& vault, journal::AnswerJournal& journal,
                RevocationQueue& revocations, PlatformBreakers& breakers, Random& random,
                const Logger& log, HousekeepingPolicy policy);

    /// One round. Candidates nobody chose are revoked, not only forgotten. Accounts that must be
    /// reconnected soon get an event, 14, 3 and 1 days before.
    void sweep();

private:
    void revokeExpiredCandidates();
    void warnOfHorizons();
    std::optional<ConnectCandidates> openCandidates(const persistence::WorkspaceScope& scope,
                                                    const persistence::Connection& connection,
                                                    TimePoint now) const;
    void revoke(persistence::Transaction& tx, const persistence::WorkspaceScope& scope,
                const persistence::Connection& connection, const ConnectCandidates& candidates,
                const platforms::PlatformEntry& entry);

    persistence::Database& database_;
    const PlatformGateway& platforms_;
    const TokenVault& vault_;
    journal::AnswerJournal& journal_;
    RevocationQueue& revocations_;
    PlatformBreakers& breakers_;
    Random& random_;
    const Logger& log_;
    HousekeepingPolicy policy_;
};

}  // namespace postato::accounts
