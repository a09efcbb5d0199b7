#pragma once

/// \file
/// Makes accounts live: the one way from consented identities to rows.

#include <optional>
#include <string>
#include <vector>

#include "accounts/platform_gateway.hpp"
#include "accounts/refresh_schedule.hpp"
#include "accounts/token_vault.hpp"
#include "audit/audit_trail.hpp"
#include "persistence/account_repository.hpp"
#include "persistence/database.hpp"

namespace postato::accounts {

class RevocationQueue;

/// Identities a person consented to, with the credentials of the grant.
struct ConsentedGrant {
    std::string platform;
    std::vector<std::string> scopes_requested;
    std::vector<std::string> scopes_granted;
    sdk::Credentials credentials;
    TimePoint received_at;
    std::vector<sdk::Identity> identities;
    std::optional<std::string> connected_by;
};

/// Thread-safe.
class AccountWriter {
public:
    AccountWriter(const PlatformGateway& platforms, const TokenVault& vault,
                  const RefreshSchedule& schedule, RevocationQueue& revocations, Random& random)
        : platforms_(platforms),
          vault_(vault),
          schedule_(schedule),
          revocations_(revocations),
          random_(random) {}

    /// Within the caller's transaction: an identity that is live in the workspace keeps its account
    /// and gets the new tokens (the replaced pair is revoked where that ends nothing else); any
    /// other becomes a new account. Returns the account ids in the order of the identities.
    std::vector<AccountId> connect(persistence::Transaction& tx,
                                   const persistence::WorkspaceScope& scope,
                                   const ConsentedGrant& grant, const audit::Actor& actor);

private:
    AccountId connectOne(persistence::Transaction& tx, const persistence::WorkspaceScope& scope,
                         const ConsentedGrant& grant, const sdk::Identity& identity,
                         const audit::Actor& actor);
    void revokeReplaced(persistence::Transaction& tx, const persistence::WorkspaceScope& scope,
                        const persistence::Account& account,
                        const persistence::SealedTokens& replaced, sdk::RevocationReach reach);

    const PlatformGateway& platforms_;
    const TokenVault& vault_;
    const RefreshSchedule& schedule_;
    RevocationQueue& revocations_;
    Random& random_;
};

}  // namespace postato::accounts
