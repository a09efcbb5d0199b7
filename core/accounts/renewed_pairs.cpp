#include "accounts/renewed_pairs.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "accounts/revocation_queue.hpp"
#include "audit/audit_trail.hpp"
#include "util/json.hpp"
#include "util/kill_point.hpp"

namespace postato::accounts {

using persistence::AccountStatus;
using persistence::RefreshClaim;

sdk::Credentials renewedFrom(const sdk::Credentials& old, sdk::Credentials fresh) {
    if (fresh.refresh_token.empty()) {
        fresh.refresh_token = old.refresh_token;
        if (!fresh.refresh_token_expires_in)
            fresh.refresh_token_expires_in = old.refresh_token_expires_in;
    }
    if (fresh.subject.empty()) fresh.subject = old.subject;
    if (fresh.plugin_data.empty()) fresh.plugin_data = old.plugin_data;
    if (fresh.token_type.empty()) fresh.token_type = old.token_type;
    fresh.access_token_refreshes_itself |= old.access_token_refreshes_itself;
    return fresh;
}

RenewedPairs::RenewedPairs(persistence::Database& database, const TokenVault& vault,
                           RevocationQueue& revocations, const RefreshSchedule& schedule,
                           Random& random, const Logger& log)
    : database_(database),
      vault_(vault),
      revocations_(revocations),
      schedule_(schedule),
      random_(random),
      log_(log) {}

RefreshReport RenewedPairs::store(const RefreshClaim& claim, const sdk::Traits& traits,
                                  const sdk::Credentials& fresh, TimePoint received_at,
                                  const StorePatience& patience) {
    // The old pair may be spent already: this one must be stored however long the database is away.
    return storePatiently(database_, log_, claim, patience,
                          [&] { return storeOnce(claim, traits, fresh, received_at); });
}

RefreshReport RenewedPairs::storeOnce(const RefreshClaim& claim, const sdk::Traits& traits,
                                      const sdk::Credentials& fresh, TimePoint received_at) {
    const bool stored = database_.write([&](persistence::Transaction& tx) {
        return tryStore(tx, claim, traits, fresh, received_at);
    });
    if (!stored) return onLostWrite(claim, traits, fresh);
    log_.info("refresh.done", {{"account", claim.stored.tokens.account_id.str()},
                               {"platform", claim.platform},
                               {"recovered", claim.stored.state.in_doubt_since.has_value()}});
    return {true, "refreshed"};
}

bool RenewedPairs::tryStore(persistence::Transaction& tx, const RefreshClaim& claim,
                            const sdk::Traits& traits, const sdk::Credentials& fresh,
                            TimePoint received_at) {
    const auto& account = claim.stored.tokens.account_id;
    auto sealed = vault_.seal(claim.scope, account, claim.stored.tokens.generation + 1, fresh,
                              traits, received_at);
    sealed.next_refresh_at = schedule_.afterIssue(sealed, traits);
    persistence::TokenRepository tokens(tx);
    if (!tokens.storeRefreshed(claim.scope, sealed, claim.attempt_id)) return false;
    persistence::AccountRepository accounts(tx);
    if (const auto before = accounts.find(claim.scope, account)) {
        bringBack(tx, claim, *before);
        tellLostScopes(tx, claim, *before, fresh.scopes);
    }
    accounts.setGrant(claim.scope, account, fresh.scopes, reconnectBy(sealed));
    tokens.finishAttempt(claim, claim.stored.state.in_doubt_since ? "recovered" : "ok",
                         std::nullopt);
    POSTATO_ARM_COMMIT();
    return true;
}

/// Another attempt may have met a spent token and given the account up while this pair was on its
/// way here.
void RenewedPairs::bringBack(persistence::Transaction& tx, const RefreshClaim& claim,
                             const persistence::Account& account) {
    if (account.status != AccountStatus::TokenExpired) return;
    persistence::AccountRepository(tx).setStatus(claim.scope, account.id, AccountStatus::Connected,
                                                 std::nullopt);
    audit::record(tx, claim.scope.id(),
                  {.type = "account.recovered",
                   .actor = audit::Actor::system(),
                   .data = "{}",
                   .account = account.id},
                  random_);
    log_.warning("account.recovered",
                 {{"account", account.id.str()}, {"platform", claim.platform}});
}

/// The person or the platform took something back: worth telling, and no reason to give up the
/// rest.
void RenewedPairs::tellLostScopes(persistence::Transaction& tx, const RefreshClaim& claim,
                                  const persistence::Account& account,
                                  const std::vector<std::string>& granted) {
    if (granted.empty()) return;  // the answer did not say
    auto lost = account.scopes_granted;
    std::erase_if(lost, [&](const std::string& scope) {
        return std::find(granted.begin(), granted.end(), scope) != granted.end();
    });
    if (lost.empty()) return;
    audit::record(tx, claim.scope.id(),
                  {.type = "account.scopes_lost",
                   .actor = audit::Actor::system(),
                   .data = dumpJson({{"scopes", lost}}),
                   .account = account.id},
                  random_);
    log_.warning("account.scopes_lost", {{"account", account.id.str()},
                                         {"platform", claim.platform},
                                         {"count", static_cast<std::int64_t>(lost.size())}});
}

RefreshReport RenewedPairs::onLostWrite(const RefreshClaim& claim, const sdk::Traits& traits,
                                        const sdk::Credentials& fresh) {
    const auto& account = claim.stored.tokens.account_id;
    return database_.write([&](persistence::Transaction& tx) -> RefreshReport {
        persistence::TokenRepository tokens(tx);
        if (const auto row = tokens.find(claim.scope, account)) {
            // A COMMIT whose answer was lost did land after all, or a newer pair stands.
            if (row->written_by == claim.attempt_id ||
                tokens.attemptSettled(claim.scope, claim.attempt_id))
                return {true, "refreshed"};
            tokens.finishAttempt(claim, "superseded", std::nullopt);
            // A newer consent is another grant. Nobody will use this pair; where that ends no
            // other, it is ended. Without rotation its refresh token may be the standing one.
            if (traits.revocation_reach == sdk::RevocationReach::Token &&
                traits.rotation == sdk::Rotation::Strict)
                revocations_.enqueue(tx, claim.scope, account, claim.platform, claim.client_id,
                                     claim.grant_key, fresh, tx.now());
            return {false, "joined"};
        }
        // Disconnected while the platform was answering: the pair must not outlive the account.
        tokens.finishAttempt(claim, "superseded", std::string("disconnected"));
        revocations_.enqueue(tx, claim.scope, account, claim.platform, claim.client_id,
                             claim.grant_key, fresh, tx.now());
        return {false, "reconnect_required"};
    });
}

}  // namespace postato::accounts
