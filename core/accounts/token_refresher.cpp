#include "accounts/token_refresher.hpp"

#include "journal/journal_clients.hpp"
#include "persistence/durability.hpp"
#include "util/kill_point.hpp"

namespace postato::accounts {
namespace {

using persistence::RefreshClaim;

sdk::PlatformError ourFault(std::string code, std::string message) {
    return {sdk::ErrorKind::Misconfigured, std::move(message), std::move(code), std::nullopt, {}};
}

}  // namespace

TokenRefresher::TokenRefresher(persistence::Database& database, const PlatformGateway& platforms,
                               const TokenVault& vault, journal::AnswerJournal& journal,
                               PlatformBreakers& breakers, RefreshSettlement& settlement,
                               const Clock& clock, Random& random, const Logger& log,
                               std::string owner, RefreshPolicy policy)
    : database_(database),
      platforms_(platforms),
      vault_(vault),
      journal_(journal),
      breakers_(breakers),
      settlement_(settlement),
      random_(random),
      log_(log),
      owner_(std::move(owner)),
      policy_(policy),
      gate_(clock, policy.calm) {}

std::vector<RefreshClaim> TokenRefresher::claimDue(const std::string& platform,
                                                   std::int64_t limit) {
    if (!gate_.isOpen() || !vault_.seals()) return {};
    const auto admitted = breakers_.admitted(platform, static_cast<std::size_t>(limit));
    if (admitted == 0) return {};
    const persistence::DueFilter filter{.limit = static_cast<std::int64_t>(admitted),
                                        .longest = gate_.longestNow(),
                                        .careful = rotatesStrictly(platform),
                                        .newest_key = vault_.newestKey()};
    return database_.write([&](persistence::Transaction& tx) -> std::vector<RefreshClaim> {
        if (!gate_.isOpenFor(persistence::incarnation(tx))) return {};
        auto due = persistence::TokenRepository(tx).claimDue(platform, owner_, policy_.lease,
                                                             filter, random_);
        if (!due.empty()) POSTATO_KILL_POINT("K0");
        return due;
    });
}

TokenRefresher::Turn TokenRefresher::claimOne(
    const persistence::WorkspaceScope& scope, const persistence::StoredTokens& seen,
    const std::string& platform, const std::function<Turn(persistence::Transaction&)>& look) {
    if (!gate_.isOpen() || !vault_.seals()) return {.instead = "settling"};
    if (breakers_.admitted(platform, 1) == 0)
        return {.instead = appIsRefused(platform) ? "app_misconfigured" : "platform_unavailable"};
    return database_.write([&](persistence::Transaction& tx) -> Turn {
        if (!gate_.isOpenFor(persistence::incarnation(tx))) return {.instead = "settling"};
        auto turn = look(tx);
        if (turn.leased || !turn.instead.empty()) return turn;
        turn.claim = persistence::TokenRepository(tx).claim(
            scope, seen.tokens.account_id, seen.tokens.generation, owner_, policy_.lease, random_);
        if (turn.claim) POSTATO_KILL_POINT("K0");
        return turn;
    });
}

bool TokenRefresher::rotatesStrictly(const std::string& platform) const {
    const auto* entry = platforms_.registry.loaded(platform);
    return entry == nullptr || entry->platform->traits().rotation == sdk::Rotation::Strict;
}

bool TokenRefresher::appIsRefused(const std::string& platform) {
    return breakers_.incident(platform) == Incident::AppRefused;
}

RefreshReport TokenRefresher::run(const RefreshClaim& claim, const StorePatience& patience) {
    auto report = settle(claim, patience);
    if (on_end_) on_end_(claim.platform, report.reason);
    return report;
}

RefreshReport TokenRefresher::settle(const RefreshClaim& claim, const StorePatience& patience) {
    const auto* entry = platforms_.registry.loaded(claim.platform);
    if (!claim.stored.tokens.refreshable()) return settlement_.failures.ended(claim);
    if (entry == nullptr)
        return settlement_.failures.failed(
            claim, {}, ourFault("plugin_missing", "The platform's plugin is not loaded"), patience);
    const auto& traits = entry->platform->traits();
    // The platform would call a token of another client invalid (RFC 6749 5.2), and the account
    // would be given up for what is in our configuration.
    if (entry->client_id != claim.client_id)
        return settlement_.failures.failed(
            claim, traits,
            ourFault("client_changed",
                     "The account was connected through another client id "
                     "than the configured one"),
            patience);
    if (claim.taken_over && traits.rotation == sdk::Rotation::Strict)
        return settlement_.failures.doubted(claim, traits);
    return call(claim, *entry, patience);
}

RefreshReport TokenRefresher::call(const RefreshClaim& claim, const platforms::PlatformEntry& entry,
                                   const StorePatience& patience) {
    const auto& traits = entry.platform->traits();
    const auto& tokens = claim.stored.tokens;
    std::optional<journal::JournalEntry> kept;
    sdk::Credentials old;
    std::string missing = "key_unavailable";
    try {
        old = vault_.open(claim.scope, tokens, claim.clock.now());
        missing = "journal_unwritable";
        // An answer of before is not settled yet.
        if (journal_.concerns(tokens.account_id.str()))
            return settlement_.failures.postponed(claim, "answer_waiting");
        kept.emplace(journal_.begin({.operation = journal::Operation::Refresh,
                                     .workspace = claim.scope.id().str(),
                                     .platform = claim.platform,
                                     .subject = tokens.account_id.str(),
                                     .attempt = claim.attempt_id,
                                     .generation = tokens.generation}));
    } catch (const Error& error) {
        if (error.code() != ErrorCode::DecryptFailed)
            return settlement_.failures.postponed(claim, missing);
        return settlement_.failures.failed(
            claim, traits,
            ourFault("decrypt_failed",
                     "The stored tokens do not open under any key of the "
                     "ring"),
            patience);
    }

    POSTATO_KILL_POINT("K1");
    // A process that was stopped meanwhile has lost its lease, or will before the answer comes.
    if (claim.clock.now() - claim.clock.told() > policy_.lease - platforms_.refresh_deadline)
        return settlement_.failures.postponed(claim, "lease_too_old");
    // No database session is held from here to the answer.
    const auto network = platforms_.http(platforms_.refresh_deadline);
    journal::RecordingClient http(*network, *kept, claim.clock, log_);
    breakers_.began(claim.platform);
    const auto result = entry.platform->refresh(http, old);
    const TimePoint received_at = claim.clock.now();
    if (!result.ok()) return refused(claim, entry, *kept, result.error(), patience);
    // What may write to the database waits for the pair to be stored.
    const auto report = settlement_.pairs.store(claim, traits, renewedFrom(old, result.value()),
                                                received_at, patience);
    POSTATO_KILL_POINT("K8");
    kept->settle();
    POSTATO_KILL_POINT("K9");
    breakers_.succeeded(claim.platform);
    return report;
}

RefreshReport TokenRefresher::refused(const RefreshClaim& claim,
                                      const platforms::PlatformEntry& entry,
                                      journal::JournalEntry& kept, sdk::PlatformError error,
                                      const StorePatience& patience) {
    // A success without tokens that this plugin could find: the old ones may be spent, and a better
    // plugin may find the new ones.
    const bool unread = makesNoSense(error) && !kept.empty();
    if (unread) error.kind = sdk::ErrorKind::Ambiguous;
    const auto& traits = entry.platform->traits();
    noteFailure(claim, traits, error.kind);
    const auto report = settlement_.failures.failed(claim, traits, error, patience);
    if (unread)
        kept.setAside(entry.version);
    else
        kept.discard();
    return report;
}

void TokenRefresher::noteFailure(const RefreshClaim& claim, const sdk::Traits& traits,
                                 sdk::ErrorKind kind) {
    if (mayBeSpent(claim, traits) && kind == sdk::ErrorKind::InvalidGrant) return;
    breakers_.failed(claim.platform, claim.stored.tokens.account_id.str(), kind);
}

}  // namespace postato::accounts
