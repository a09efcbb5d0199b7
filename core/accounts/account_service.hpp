#pragma once

/// \file
/// What callers ask of accounts: read, check, disconnect.

#include <optional>
#include <string>
#include <vector>

#include "accounts/platform_gateway.hpp"
#include "accounts/refresh_on_demand.hpp"
#include "accounts/token_vault.hpp"
#include "audit/audit_trail.hpp"
#include "persistence/account_repository.hpp"
#include "persistence/audit_repository.hpp"

namespace postato::accounts {

class RevocationQueue;

/// An account and what follows from it.
struct AccountView {
    persistence::Account account;
    std::vector<std::string> missing_scopes;  ///< requested but not granted
};

struct AccountList {
    std::vector<AccountView> items;
    std::optional<std::int64_t> total;
    bool more = false;
};

enum class RevocationPlan { Queued = 1, Unsupported, SkippedSharedGrant };
std::string_view word(RevocationPlan plan);

struct HealthAdvice {
    std::string code;
    std::string message;
};

struct AccountHealth {
    AccountView view;
    bool refreshable = false;
    std::vector<HealthAdvice> advice;
    std::optional<TimePoint> probed_at;
};

/// Thread-safe.
class AccountService {
public:
    AccountService(persistence::Database& database, const PlatformGateway& platforms,
                   const TokenVault& vault, journal::AnswerJournal& journal,
                   RefreshOnDemand& refresh_on_demand, RevocationQueue& revocations, Random& random,
                   const Logger& log);

    AccountList list(const persistence::WorkspaceScope& scope,
                     const persistence::AccountFilter& filter, const persistence::AccountPage& page,
                     bool with_total);
    /// Throws Error{NotFound}.
    AccountView get(const persistence::WorkspaceScope& scope, const AccountId& id);

    /// At once and in one transaction: the row is soft-deleted, the ciphertext destroyed after a
    /// copy went sealed into the revocation outbox, the event written. Throws Error{NotFound}, also
    /// the second time.
    RevocationPlan disconnect(const persistence::WorkspaceScope& scope, const AccountId& id,
                              const audit::Actor& actor);

    /// `probe` asks the platform who the token belongs to; what it finds is advice and never
    /// changes the account's status.
    AccountHealth health(const persistence::WorkspaceScope& scope, const AccountId& id, bool probe);

    /// Newest first; also of disconnected accounts. Throws Error{NotFound} when there is nothing.
    std::vector<persistence::AuditRecord> events(
        const persistence::WorkspaceScope& scope, const AccountId& id, std::int64_t limit,
        const std::optional<std::pair<TimePoint, std::string>>& before);

private:
    /// What the platform says of the account's token.
    HealthAdvice probed(const persistence::WorkspaceScope& scope,
                        const persistence::Account& account);
    /// False when the stored tokens do not open.
    bool queueRevocation(persistence::Transaction& tx, const persistence::WorkspaceScope& scope,
                         const persistence::Account& account,
                         const persistence::StoredTokens& stored);

    persistence::Database& database_;
    const PlatformGateway& platforms_;
    const TokenVault& vault_;
    journal::AnswerJournal& journal_;
    RefreshOnDemand& refresh_on_demand_;
    RevocationQueue& revocations_;
    Random& random_;
    const Logger& log_;
};

}  // namespace postato::accounts
