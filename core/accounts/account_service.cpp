#include "accounts/account_service.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "accounts/revocation_queue.hpp"
#include "util/json.hpp"

namespace postato::accounts {
namespace {

using persistence::AccountStatus;

/// A token must live this long for a probe to be worth a call.
constexpr std::chrono::milliseconds kProbeMargin{5'000};

HealthAdvice adviceFor(const persistence::Account& account) {
    if (account.status == AccountStatus::Suspended)
        return {"account_suspended",
                "The platform suspended this account. Settle it there, then reconnect."};
    return {"reconnect", "Publishing is not possible until a person reconnects this account."};
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

HealthAdvice probeAdvice(const persistence::Account& account,
                         const sdk::Result<std::vector<sdk::Identity>>& answer) {
    if (!answer.ok())
        return {"probe_failed",
                "The platform did not confirm the token: " + answer.error().message};
    const auto& identities = answer.value();
    const bool same = std::any_of(identities.begin(), identities.end(), [&](const auto& identity) {
        return identity.id == account.profile.platform_user_id;
    });
    if (same) return {"probe_ok", "The platform accepts the token."};
    return {"probe_other_account", "The token answers for another account than the one connected."};
}

AccountView viewOf(persistence::Account account) {
    AccountView view{std::move(account), {}};
    const auto& granted = view.account.scopes_granted;
    for (const auto& scope : view.account.scopes_requested)
        if (std::find(granted.begin(), granted.end(), scope) == granted.end())
            view.missing_scopes.push_back(scope);
    return view;
}

}  // namespace

std::string_view word(RevocationPlan plan) {
    switch (plan) {
        case RevocationPlan::Queued:
            return "queued";
        case RevocationPlan::Unsupported:
            return "unsupported";
        case RevocationPlan::SkippedSharedGrant:
            return "skipped_shared_grant";
    }
    return "queued";
}

AccountService::AccountService(persistence::Database& database, const PlatformGateway& platforms,
                               const TokenVault& vault, journal::AnswerJournal& journal,
                               RefreshOnDemand& refresh_on_demand, RevocationQueue& revocations,
                               Random& random, const Logger& log)
    : database_(database),
      platforms_(platforms),
      vault_(vault),
      journal_(journal),
      refresh_on_demand_(refresh_on_demand),
      revocations_(revocations),
      random_(random),
      log_(log) {}

AccountList AccountService::list(const persistence::WorkspaceScope& scope,
                                 const persistence::AccountFilter& filter,
                                 const persistence::AccountPage& page, bool with_total) {
    return database_.read([&](persistence::Transaction& tx) {
        persistence::AccountRepository accounts(tx);
        auto probe = page;
        probe.limit = page.limit + 1;  // one more tells whether there is a next page
        auto rows = accounts.list(scope, filter, probe);
        AccountList list;
        list.more = static_cast<std::int64_t>(rows.size()) > page.limit;
        if (list.more) rows.pop_back();
        for (auto& row : rows) list.items.push_back(viewOf(std::move(row)));
        if (with_total) list.total = accounts.count(scope, filter);
        return list;
    });
}

AccountView AccountService::get(const persistence::WorkspaceScope& scope, const AccountId& id) {
    return database_.read([&](persistence::Transaction& tx) {
        auto account = persistence::AccountRepository(tx).find(scope, id);
        if (!account) throw notFound("Account");
        return viewOf(std::move(*account));
    });
}

RevocationPlan AccountService::disconnect(const persistence::WorkspaceScope& scope,
                                          const AccountId& id, const audit::Actor& actor) {
    const auto plan = database_.write([&](persistence::Transaction& tx) {
        persistence::AccountRepository accounts(tx);
        persistence::TokenRepository tokens(tx);
        const auto account = accounts.find(scope, id);
        if (!account) throw notFound("Account");
        const auto* entry = platforms_.registry.loaded(account->platform);
        // Without its plugin the reach is unknown; the outbox waits a day for it to come back.
        const auto reach = entry != nullptr ? entry->platform->traits().revocation_reach
                                            : sdk::RevocationReach::Unknown;
        // Of the last two on a grant that go at the same moment, one must see the other gone.
        if (endsWholeGrant(reach)) accounts.lockGrant(account->grant_key);
        if (!accounts.remove(scope, id)) throw notFound("Account");
        // Only now: a refresh that held the account's row until a moment ago has stored its pair.
        const auto stored = tokens.find(scope, id);

        auto plan = RevocationPlan::Queued;
        if (reach == sdk::RevocationReach::Unsupported || !stored)
            plan = RevocationPlan::Unsupported;
        else if (endsWholeGrant(reach) && accounts.countLiveSiblings(account->grant_key, id) > 0)
            plan = RevocationPlan::SkippedSharedGrant;
        else if (!queueRevocation(tx, scope, *account, *stored))
            plan = RevocationPlan::Unsupported;

        tokens.erase(scope, id);
        audit::record(
            tx, scope.id(),
            {.type = "account.disconnected",
             .actor = actor,
             .data = dumpJson({{"platform", account->platform}, {"revocation", word(plan)}}),
             .account = id},
            random_);
        return plan;
    });
    journal_.forget(id.str());
    log_.info("account.disconnected", {{"account", id.str()}, {"revocation", word(plan)}});
    return plan;
}

bool AccountService::queueRevocation(persistence::Transaction& tx,
                                     const persistence::WorkspaceScope& scope,
                                     const persistence::Account& account,
                                     const persistence::StoredTokens& stored) {
    try {
        const auto credentials = vault_.open(scope, stored.tokens, tx.now());
        revocations_.enqueue(tx, scope, account.id, account.platform, account.client_id,
                             account.grant_key, credentials, tx.now());
        return true;
    } catch (const Error& error) {
        // Tokens that do not open must not keep a person from disconnecting.
        if (error.code() != ErrorCode::DecryptFailed) throw;
        log_.error("account.tokens_unreadable", {{"account", account.id.str()}});
        return false;
    }
}

HealthAdvice AccountService::probed(const persistence::WorkspaceScope& scope,
                                    const persistence::Account& account) {
    try {
        const auto credentials = refresh_on_demand_.fresh(scope, account.id, kProbeMargin);
        const auto* entry = platforms_.registry.loaded(account.platform);
        if (!credentials || entry == nullptr)
            return {"probe_failed", "No usable access token could be had for the probe."};
        const auto http = platforms_.http(platforms_.exchange_deadline);
        return probeAdvice(account, entry->platform->identify(*http, *credentials));
    } catch (const Error& error) {
        if (error.code() != ErrorCode::DecryptFailed) throw;
        log_.error("account.tokens_unreadable",
                   {{"account", account.id.str()}, {"detail", error.detail()}});
        return {"tokens_unreadable",
                "The stored tokens do not open. Reconnect the account; an operator finds out more "
                "with `postato key verify`."};
    }
}

AccountHealth AccountService::health(const persistence::WorkspaceScope& scope, const AccountId& id,
                                     bool probe) {
    struct Look {
        std::optional<persistence::StoredTokens> stored;
        TimePoint now;
    };
    AccountHealth health{get(scope, id), false, {}, std::nullopt};
    const auto look = database_.read([&](persistence::Transaction& tx) {
        return Look{persistence::TokenRepository(tx).find(scope, id), tx.now()};
    });
    const auto& account = health.view.account;
    health.refreshable = look.stored && look.stored->tokens.refreshable();
    if (account.status != AccountStatus::Connected) health.advice.push_back(adviceFor(account));
    if (!health.view.missing_scopes.empty())
        health.advice.push_back(
            {"scope_missing", "Not granted: " + joined(health.view.missing_scopes) +
                                  ". Reconnect and allow everything to use all features."});
    if (account.status == AccountStatus::Connected && !health.refreshable && account.reconnect_by)
        health.advice.push_back(
            {"reconnect_by", "This platform gave no refresh token: reconnect before " +
                                 toIso8601(*account.reconnect_by) + "."});
    const auto* entry = platforms_.registry.loaded(account.platform);
    if (entry != nullptr && entry->client_id != account.client_id)
        health.advice.push_back(
            {"client_changed",
             "The account was connected through another client id than the one configured now: "
             "reconnect it, or an operator puts the former one back."});
    if (probe && account.status == AccountStatus::Connected) {
        health.advice.push_back(probed(scope, account));
        health.probed_at = database_.read([](persistence::Transaction& tx) { return tx.now(); });
    }
    return health;
}

std::vector<persistence::AuditRecord> AccountService::events(
    const persistence::WorkspaceScope& scope, const AccountId& id, std::int64_t limit,
    const std::optional<std::pair<TimePoint, std::string>>& before) {
    return database_.read([&](persistence::Transaction& tx) {
        persistence::AuditRepository trail(tx);
        auto page = trail.ofAccount(scope, id, limit, before);
        // Every account has at least the event that made it.
        if (page.empty() && trail.ofAccount(scope, id, 1, std::nullopt).empty())
            throw notFound("Account");
        return page;
    });
}

}  // namespace postato::accounts
