#pragma once

/// \file
/// Revoking at the platform, later and safely (RFC 7009): an outbox in the database, and the rule
/// that a shared grant is not revoked while another account lives on it.

#include <optional>
#include <string>

#include "accounts/platform_gateway.hpp"
#include "accounts/token_vault.hpp"
#include "persistence/database.hpp"
#include "persistence/revocation_repository.hpp"
#include "util/log.hpp"

namespace postato::accounts {

/// Where the credentials are sealed: the associated data of the ciphertexts.
inline constexpr const char* kRevocationsTable = "revocations";
inline constexpr const char* kRevocationsColumn = "credentials_sealed";

struct RevocationPolicy {
    std::chrono::milliseconds give_up_after{std::chrono::hours(24)};
    std::chrono::milliseconds lease{60'000};
    std::chrono::milliseconds backoff_base{2'000};
    std::chrono::milliseconds backoff_cap{std::chrono::minutes(15)};
};

/// Thread-safe.
class RevocationQueue {
public:
    RevocationQueue(persistence::Database& database, const PlatformGateway& platforms,
                    const TokenVault& vault, Random& random, const Logger& log, std::string owner,
                    RevocationPolicy policy);

    /// Within the caller's transaction. `account` is empty for a pair that never became an account.
    void enqueue(persistence::Transaction& tx, const persistence::WorkspaceScope& scope,
                 const std::optional<AccountId>& account, const std::string& platform,
                 const std::string& client_id, const std::string& grant_key,
                 const sdk::Credentials& credentials, TimePoint received_at);

    /// Leases and carries out up to `limit` due revocations; returns how many. The sibling rule is
    /// asked again right before each call.
    std::size_t runDue(std::int64_t limit);

private:
    void runOne(const persistence::RevocationClaim& claim);
    void finish(const persistence::RevocationClaim& claim, const std::string& outcome);
    void retry(const persistence::RevocationClaim& claim, const sdk::PlatformError& error);

    persistence::Database& database_;
    const PlatformGateway& platforms_;
    const TokenVault& vault_;
    Random& random_;
    const Logger& log_;
    std::string owner_;
    RevocationPolicy policy_;
};

/// Whether revoking ends more than the one token, so that siblings must be asked about.
bool endsWholeGrant(sdk::RevocationReach reach);

}  // namespace postato::accounts
