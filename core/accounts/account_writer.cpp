#include "accounts/account_writer.hpp"

#include <nlohmann/json.hpp>

#include "accounts/revocation_queue.hpp"
#include "util/json.hpp"

namespace postato::accounts {
namespace {

std::optional<std::string> orNothing(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

persistence::AccountProfile profileOf(const sdk::Identity& identity) {
    return {identity.id,
            orNothing(identity.username),
            orNothing(identity.display_name),
            orNothing(identity.avatar_url),
            orNothing(identity.profile_url),
            orNothing(identity.kind)};
}

}  // namespace

std::vector<AccountId> AccountWriter::connect(persistence::Transaction& tx,
                                              const persistence::WorkspaceScope& scope,
                                              const ConsentedGrant& grant,
                                              const audit::Actor& actor) {
    std::vector<AccountId> ids;
    for (const auto& identity : grant.identities)
        ids.push_back(connectOne(tx, scope, grant, identity, actor));
    return ids;
}

AccountId AccountWriter::connectOne(persistence::Transaction& tx,
                                    const persistence::WorkspaceScope& scope,
                                    const ConsentedGrant& grant, const sdk::Identity& identity,
                                    const audit::Actor& actor) {
    const auto& entry = platforms_.require(grant.platform);
    const auto& traits = entry.platform->traits();
    const auto& credentials = identity.credentials ? *identity.credentials : grant.credentials;
    persistence::AccountRepository accounts(tx);
    persistence::TokenRepository tokens(tx);

    const auto existing = accounts.findByIdentity(scope, grant.platform, identity.id);
    const TimePoint now = tx.now();
    persistence::Account account{
        .id = existing ? existing->id : AccountId::make(now, random_),
        .workspace_id = scope.id(),
        .platform = grant.platform,
        .client_id = entry.client_id,
        .grant_key = platforms::grantKey(
            entry, credentials.subject.empty() ? identity.id : credentials.subject),
        .profile = profileOf(identity),
        .status_since = now,
        .scopes_requested = grant.scopes_requested,
        .scopes_granted = grant.scopes_granted,
        .connected_by = grant.connected_by,
        .connected_at = now,
        .created_at = existing ? existing->created_at : now,
        .updated_at = now,
    };

    const auto old = existing ? tokens.find(scope, account.id) : std::nullopt;
    const std::int64_t generation = old ? old->tokens.generation + 1 : 1;
    auto sealed =
        vault_.seal(scope, account.id, generation, credentials, traits, grant.received_at);
    sealed.next_refresh_at = schedule_.afterIssue(sealed, traits);
    account.reconnect_by = reconnectBy(sealed);
    const std::string written_by = "consent";

    if (!existing) {
        accounts.insert(scope, account);
        tokens.insert(scope, sealed, written_by);
    } else {
        // Disconnected, or renewed, since it was looked at.
        const auto changed = [] {
            return Error(ErrorCode::Conflict,
                         PublicMessage{"The account is being changed elsewhere; try again"});
        };
        if (!accounts.reconnect(scope, account)) throw changed();
        if (!old) {
            tokens.insert(scope, sealed, written_by);
        } else {
            if (!tokens.replace(scope, sealed, written_by)) throw changed();
            revokeReplaced(tx, scope, *existing, old->tokens, traits.revocation_reach);
        }
    }
    audit::record(
        tx, scope.id(),
        {.type = existing ? "account.reconnected" : "account.connected",
         .actor = actor,
         .data = dumpJson({{"platform", grant.platform}, {"scopes", grant.scopes_granted}}),
         .account = account.id},
        random_);
    return account.id;
}

void AccountWriter::revokeReplaced(persistence::Transaction& tx,
                                   const persistence::WorkspaceScope& scope,
                                   const persistence::Account& account,
                                   const persistence::SealedTokens& replaced,
                                   sdk::RevocationReach reach) {
    // Elsewhere the platform would end the new pair together with the old one.
    if (reach != sdk::RevocationReach::Token) return;
    const TimePoint now = tx.now();
    try {
        revocations_.enqueue(tx, scope, std::nullopt, account.platform, account.client_id,
                             account.grant_key, vault_.open(scope, replaced, now), now);
    } catch (const Error& error) {
        // A new consent is what mends an account whose tokens do not open.
        if (error.code() != ErrorCode::DecryptFailed) throw;
    }
}

}  // namespace postato::accounts
