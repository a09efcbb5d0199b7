#include "accounts/revocation_queue.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "accounts/account_writer.hpp"
#include "audit/audit_trail.hpp"
#include "persistence/account_repository.hpp"
#include "util/json.hpp"

namespace postato::accounts {
namespace {

constexpr std::int64_t kMaxDoublings = 20;

sdk::PlatformError notNow(std::string code, std::string message) {
    return {sdk::ErrorKind::Transient, std::move(message), std::move(code), std::nullopt, {}};
}

}  // namespace

bool endsWholeGrant(sdk::RevocationReach reach) {
    return reach == sdk::RevocationReach::Grant || reach == sdk::RevocationReach::Unknown;
}

RevocationQueue::RevocationQueue(persistence::Database& database, const PlatformGateway& platforms,
                                 const TokenVault& vault, Random& random, const Logger& log,
                                 std::string owner, RevocationPolicy policy)
    : database_(database),
      platforms_(platforms),
      vault_(vault),
      random_(random),
      log_(log),
      owner_(std::move(owner)),
      policy_(policy) {}

void RevocationQueue::enqueue(persistence::Transaction& tx,
                              const persistence::WorkspaceScope& scope,
                              const std::optional<AccountId>& account, const std::string& platform,
                              const std::string& client_id, const std::string& grant_key,
                              const sdk::Credentials& credentials, TimePoint received_at) {
    const TimePoint now = tx.now();
    const auto id = RevocationId::make(now, random_);
    persistence::QueuedRevocation revocation{
        .id = id,
        .workspace_id = scope.id(),
        .account_id = account,
        .platform = platform,
        .client_id = client_id,
        .grant_key = grant_key,
        .credentials_sealed =
            vault_.sealText(scope, kRevocationsTable, id.str(), kRevocationsColumn,
                            serialize(credentials, received_at)),
        .created_at = now,
        .give_up_at = now + policy_.give_up_after,
    };
    persistence::RevocationRepository(tx).insert(scope, revocation);
}

std::size_t RevocationQueue::runDue(std::int64_t limit) {
    const auto claims = database_.write([&](persistence::Transaction& tx) {
        return persistence::RevocationRepository(tx).claimDue(owner_, policy_.lease, limit);
    });
    for (const auto& claim : claims) runOne(claim);
    return claims.size();
}

void RevocationQueue::runOne(const persistence::RevocationClaim& claim) {
    const auto& revocation = claim.revocation;
    const auto* entry = platforms_.registry.loaded(revocation.platform);
    // The plugin may come back within the day, and so may the client the tokens belong to.
    if (entry == nullptr)
        return retry(claim, notNow("plugin_missing", "The platform's plugin is not loaded"));
    if (entry->client_id != revocation.client_id)
        return retry(claim, notNow("client_changed",
                                   "The tokens belong to another client id than the configured "
                                   "one"));
    if (endsWholeGrant(entry->platform->traits().revocation_reach)) {
        const auto siblings = database_.read([&](persistence::Transaction& tx) {
            return persistence::AccountRepository(tx).countLiveSiblings(
                revocation.grant_key, revocation.account_id.value_or(AccountId::trusted("")));
        });
        if (siblings > 0) return finish(claim, "skipped_shared_grant");
    }
    sdk::Credentials credentials;
    try {
        const auto text =
            vault_.openText(claim.scope, kRevocationsTable, revocation.id.str(), kRevocationsColumn,
                            revocation.credentials_sealed.value_or(""));
        credentials = deserialize(text, revocation.created_at);
    } catch (const Error& error) {
        log_.error("revocation.unreadable", {{"revocation", revocation.id.str()},
                                             {"platform", revocation.platform},
                                             {"detail", error.detail()}});
        // Only what opens nowhere has ended; a key that is missing here may be had elsewhere, or
        // come within the day.
        if (error.code() == ErrorCode::DecryptFailed) return finish(claim, "failed");
        return retry(claim,
                     notNow("key_missing", "The credentials cannot be opened by this process now"));
    }
    const auto http = platforms_.http(platforms_.revoke_deadline);
    const auto result = entry->platform->revoke(*http, credentials);
    if (result.ok())
        return finish(claim, result.value() == sdk::Revocation::Done ? "revoked" : "already_gone");
    if (result.error().kind == sdk::ErrorKind::Unsupported) return finish(claim, "unsupported");
    if (result.error().kind == sdk::ErrorKind::InvalidGrant) return finish(claim, "already_gone");
    retry(claim, result.error());
}

void RevocationQueue::finish(const persistence::RevocationClaim& claim,
                             const std::string& outcome) {
    const auto& revocation = claim.revocation;
    database_.write([&](persistence::Transaction& tx) {
        if (!persistence::RevocationRepository(tx).finish(claim, outcome)) return;
        if (revocation.account_id)
            audit::record(tx, claim.scope.id(),
                          {.type = "account.revocation",
                           .actor = audit::Actor::system(),
                           .data = dumpJson({{"outcome", outcome}}),
                           .account = *revocation.account_id},
                          random_);
    });
    log_.info("revocation.finished", {{"revocation", revocation.id.str()},
                                      {"platform", revocation.platform},
                                      {"outcome", outcome},
                                      {"attempts", revocation.attempts}});
}

void RevocationQueue::retry(const persistence::RevocationClaim& claim,
                            const sdk::PlatformError& error) {
    const auto& revocation = claim.revocation;
    const auto doublings = std::clamp<std::int64_t>(revocation.attempts - 1, 0, kMaxDoublings);
    const auto ceiling =
        std::min(policy_.backoff_cap, policy_.backoff_base * (std::int64_t{1} << doublings));
    auto wait = policy_.backoff_base / 4 +
                Milliseconds(random_.below(static_cast<std::uint64_t>(ceiling.count())));
    if (error.retry_after) wait = std::max<Milliseconds>(wait, *error.retry_after);
    log_.warning("revocation.delayed", {{"revocation", revocation.id.str()},
                                        {"platform", revocation.platform},
                                        {"code", error.code},
                                        {"message", error.message},
                                        {"attempts", revocation.attempts}});
    const bool given_up = database_.write([&](persistence::Transaction& tx) {
        const TimePoint at = tx.now() + wait;
        if (at >= revocation.give_up_at) return true;
        persistence::RevocationRepository(tx).retryAt(claim, at);
        return false;
    });
    if (given_up) finish(claim, "failed");
}

}  // namespace postato::accounts
