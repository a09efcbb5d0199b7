#include "accounts/token_refresher.hpp"

#include <thread>

#include "journal/journal_clients.hpp"
#include "persistence/account_repository.hpp"
#include "persistence/identity_repository.hpp"
#include "util/kill_point.hpp"

namespace postato::accounts {
namespace {

using persistence::AccountStatus;
using persistence::RefreshClaim;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

/// How often a caller that joins another process's refresh looks whether it is done.
constexpr milliseconds kJoinPoll{50};

/// How long a caller waits for a database that is away to take the new pair. It is in the journal,
/// which settles it afterwards.
constexpr milliseconds kStoreOnDemand{2'000};

/// 0: it has no end.
milliseconds lifeOf(const persistence::SealedTokens& tokens) {
    return tokens.access_expires_at ? *tokens.access_expires_at - tokens.issued_at
                                    : milliseconds{0};
}

sdk::PlatformError ourFault(std::string code, std::string message) {
    return {sdk::ErrorKind::Misconfigured, std::move(message), std::move(code), std::nullopt, {}};
}

sdk::PlatformError notNow(std::string code, std::string message) {
    return {sdk::ErrorKind::Transient, std::move(message), std::move(code), std::nullopt, {}};
}

}  // namespace

/// One thread of this process at a time refreshes an account; the others wait for it to leave.
class TokenRefresher::Flight {
public:
    Flight(TokenRefresher& refresher, std::string account, Steady::time_point give_up)
        : refresher_(refresher), account_(std::move(account)) {
        std::unique_lock lock(refresher_.flights_mutex_);
        alone_ = refresher_.flights_changed_.wait_until(
            lock, give_up, [&] { return !refresher_.flights_.contains(account_); });
        if (alone_) refresher_.flights_.insert(account_);
    }
    ~Flight() {
        if (!alone_) return;
        {
            const std::lock_guard lock(refresher_.flights_mutex_);
            refresher_.flights_.erase(account_);
        }
        refresher_.flights_changed_.notify_all();
    }
    Flight(const Flight&) = delete;
    Flight& operator=(const Flight&) = delete;

    /// False when the other did not leave in time.
    bool alone() const noexcept { return alone_; }

private:
    TokenRefresher& refresher_;
    std::string account_;
    bool alone_ = false;
};

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
    if (!gate_.isOpen()) return {};
    const auto admitted = breakers_.admitted(platform, static_cast<std::size_t>(limit));
    if (admitted == 0) return {};
    const persistence::DueFilter filter{.limit = static_cast<std::int64_t>(admitted),
                                        .longest = gate_.longestNow(),
                                        .careful = rotatesStrictly(platform)};
    try {
        auto claims = database_.write([&](persistence::Transaction& tx) {
            auto due = persistence::TokenRepository(tx).claimDue(platform, owner_, policy_.lease,
                                                                 filter, random_);
            if (!due.empty()) POSTATO_KILL_POINT("K0");
            return due;
        });
        if (!claims.empty()) breakers_.began(platform);
        return claims;
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Unavailable) gate_.close();
        throw;
    }
}

bool TokenRefresher::rotatesStrictly(const std::string& platform) const {
    const auto* entry = platforms_.registry.loaded(platform);
    return entry == nullptr || entry->platform->traits().rotation == sdk::Rotation::Strict;
}

RefreshReport TokenRefresher::run(const RefreshClaim& claim, const StorePatience& patience) {
    auto report = settle(claim, patience);
    if (on_end_) on_end_(claim.platform, report.reason);
    return report;
}

RefreshReport TokenRefresher::settle(const RefreshClaim& claim, const StorePatience& patience) {
    const auto* entry = platforms_.registry.loaded(claim.platform);
    if (!claim.stored.tokens.refreshable()) return settlement_.ended(claim);
    if (entry == nullptr)
        return settlement_.failed(
            claim, {}, ourFault("plugin_missing", "The platform's plugin is not loaded"));
    const auto& traits = entry->platform->traits();
    // The platform would call a token of another client invalid (RFC 6749 5.2), and the account
    // would be given up for what is in our configuration.
    if (entry->client_id != claim.client_id)
        return settlement_.failed(claim, traits,
                                  ourFault("client_changed",
                                           "The account was connected through another client id "
                                           "than the configured one"));
    if (claim.taken_over && traits.rotation == sdk::Rotation::Strict)
        return settlement_.doubted(claim, traits);
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
        if (journal_.concerns(tokens.account_id.str()))
            return settlement_.failed(
                claim, traits, notNow("answer_waiting", "An answer of before is not settled yet"));
        kept.emplace(journal_.begin({.operation = journal::Operation::Refresh,
                                     .workspace = claim.scope.id().str(),
                                     .platform = claim.platform,
                                     .subject = tokens.account_id.str(),
                                     .attempt = claim.attempt_id,
                                     .generation = tokens.generation}));
    } catch (const Error& error) {
        if (error.code() == ErrorCode::DecryptFailed)
            return settlement_.failed(
                claim, traits,
                ourFault("decrypt_failed",
                         "The stored tokens do not open under any key of the ring"));
        return settlement_.failed(claim, traits, notNow(std::move(missing), error.message()));
    }

    POSTATO_KILL_POINT("K1");
    // A process that was stopped meanwhile has lost its lease, or will before the answer comes.
    if (claim.clock.now() - claim.clock.told() > policy_.lease - platforms_.refresh_deadline)
        return settlement_.failed(claim, traits,
                                  notNow("lease_too_old", "The process was stopped for too long"));
    // No database session is held from here to the answer.
    const auto network = platforms_.http(platforms_.refresh_deadline);
    journal::RecordingClient http(*network, *kept, claim.clock, log_);
    const auto result = entry.platform->refresh(http, old);
    const TimePoint received_at = claim.clock.now();
    if (!result.ok()) return refused(claim, entry, *kept, result.error());
    // What may write to the database waits for the pair to be stored.
    const auto report =
        settlement_.renewed(claim, traits, renewedFrom(old, result.value()), received_at, patience);
    POSTATO_KILL_POINT("K8");
    kept->settle();
    POSTATO_KILL_POINT("K9");
    breakers_.succeeded(claim.platform);
    return report;
}

RefreshReport TokenRefresher::refused(const RefreshClaim& claim,
                                      const platforms::PlatformEntry& entry,
                                      journal::JournalEntry& kept, sdk::PlatformError error) {
    // A success without tokens that this plugin could find: the old ones may be spent, and a better
    // plugin may find the new ones.
    const bool unread = makesNoSense(error) && !kept.empty();
    if (unread) error.kind = sdk::ErrorKind::Ambiguous;
    noteFailure(claim, error.kind);
    const auto report = settlement_.failed(claim, entry.platform->traits(), error);
    if (unread)
        kept.setAside(entry.version);
    else
        kept.discard();
    return report;
}

void TokenRefresher::noteFailure(const RefreshClaim& claim, sdk::ErrorKind kind) {
    // After a lost answer a refusal is to be expected, and says nothing about the platform.
    if (claim.stored.state.in_doubt_since && kind == sdk::ErrorKind::InvalidGrant) return;
    breakers_.failed(claim.platform, claim.stored.tokens.account_id.str(), kind);
}

struct TokenRefresher::Turn {
    std::optional<RefreshClaim> claim;
    bool leased = false;  ///< to another, who may yet succeed
    std::string instead;  ///< the reason of the report, when nothing will be claimed
};

RefreshReport TokenRefresher::single(const Wanted& wanted) {
    const auto give_up = Steady::now() + platforms_.refresh_deadline;
    const Flight flight(*this, wanted.account.id.str(), give_up);
    while (flight.alone()) {
        const auto turn = takeTurn(wanted);
        if (turn.claim)
            return run(*turn.claim, {.stop = on_demand_.get_token(), .longest = kStoreOnDemand});
        if (!turn.instead.empty()) return {false, turn.instead};
        if (Steady::now() >= give_up) break;
        std::this_thread::sleep_for(kJoinPoll);
    }
    return {false, "in_progress"};
}

TokenRefresher::Turn TokenRefresher::takeTurn(const Wanted& wanted) {
    // Who waits for another process's refresh only looks: SQLite has one lock for all who write.
    auto turn = database_.read([&](persistence::Transaction& tx) { return lookAt(tx, wanted); });
    if (turn.leased || !turn.instead.empty()) return turn;
    if (!gate_.isOpen()) return {.instead = "settling"};
    const auto& platform = wanted.account.platform;
    if (breakers_.admitted(platform, 1) == 0) return {.instead = "platform_unavailable"};
    turn = database_.write([&](persistence::Transaction& tx) {
        auto again = lookAt(tx, wanted);
        if (again.leased || !again.instead.empty()) return again;
        again.claim = persistence::TokenRepository(tx).claim(wanted.scope, wanted.account.id,
                                                             wanted.seen.tokens.generation, owner_,
                                                             policy_.lease, random_);
        if (again.claim) POSTATO_KILL_POINT("K0");
        return again;
    });
    if (turn.claim) breakers_.began(platform);
    return turn;
}

TokenRefresher::Turn TokenRefresher::lookAt(persistence::Transaction& tx,
                                            const Wanted& wanted) const {
    const auto& id = wanted.account.id;
    const auto account = persistence::AccountRepository(tx).find(wanted.scope, id);
    const auto row = persistence::TokenRepository(tx).find(wanted.scope, id);
    if (!row || row->tokens.generation != wanted.seen.tokens.generation)
        return {.instead = "joined"};
    if (!account || account->status != AccountStatus::Connected)
        return {.instead = "reconnect_required"};
    if (row->state.lease_owner && *row->state.lease_until > tx.now()) return {.leased = true};
    return {.instead = reasonToWait(*row, wanted, tx.now())};
}

std::string TokenRefresher::reasonToWait(const persistence::StoredTokens& row, const Wanted& wanted,
                                         TimePoint now) const {
    const auto& tokens = row.tokens;
    const auto& state = row.state;
    const bool early = tokens.next_refresh_at && *tokens.next_refresh_at > now;
    // An answer was lost: asking at once would spend a token that may be spent already.
    if (state.in_doubt_since && (early || lifeOf(tokens) > gate_.longestNow())) return "in_doubt";
    if (!early) return {};
    // A second opinion is worth something only some time after the first.
    if (state.rejects > 0) return "confirming";
    // Whoever waited for somebody else's try takes its outcome for his own.
    const auto& before = wanted.seen.state;
    const bool awaited =
        state.lease_epoch != before.lease_epoch || (before.lease_owner && !state.lease_owner);
    if (state.failures > 0 && (awaited || wanted.patient)) return "platform_unavailable";
    return awaited ? "too_early" : "";
}

std::optional<TokenRefresher::Look> TokenRefresher::look(const persistence::WorkspaceScope& scope,
                                                         const AccountId& id) {
    return database_.read([&](persistence::Transaction& tx) -> std::optional<Look> {
        auto account = persistence::AccountRepository(tx).find(scope, id);
        auto stored = persistence::TokenRepository(tx).find(scope, id);
        if (!account || !stored) return std::nullopt;
        return Look{std::move(*account), std::move(*stored), tx.now()};
    });
}

RefreshReport TokenRefresher::refreshNow(const persistence::WorkspaceScope& scope,
                                         const AccountId& id) {
    const auto seen = look(scope, id);
    if (!seen) throw notFound("Account");
    if (seen->account.status != AccountStatus::Connected) return {false, "reconnect_required"};
    const auto& tokens = seen->stored.tokens;
    if (!tokens.refreshable()) return {false, "not_refreshable"};
    if (tokens.earliest_refresh_at && *tokens.earliest_refresh_at > seen->now)
        return {false, "too_early"};

    const bool ended = tokens.access_expires_at && *tokens.access_expires_at <= seen->now;
    const auto& state = seen->stored.state;
    const bool in_flight = state.lease_owner && state.lease_until && *state.lease_until > seen->now;
    if (!ended && !in_flight) {
        const auto hits = database_.write([&](persistence::Transaction& tx) {
            return persistence::ThrottleRepository(tx).hit("refresh:" + id.str(),
                                                           policy_.manual_interval);
        });
        if (hits.count > 1) return {false, "too_soon"};
    }
    // A person may be less patient than the schedule, once a minute.
    return single({scope, seen->account, seen->stored, ended});
}

std::optional<sdk::Credentials> TokenRefresher::fresh(const persistence::WorkspaceScope& scope,
                                                      const AccountId& id, milliseconds margin) {
    const auto livesFor = [](const Look& seen, milliseconds longer) {
        const auto& end = seen.stored.tokens.access_expires_at;
        return !end || *end > seen.now + longer;
    };
    auto seen = look(scope, id);
    if (seen && seen->account.status == AccountStatus::Connected && !livesFor(*seen, margin) &&
        seen->stored.tokens.refreshable()) {
        single({scope, seen->account, seen->stored, true});
        seen = look(scope, id);
    }
    // A token that still lives is used even while its refresh is delayed.
    if (!seen || !livesFor(*seen, milliseconds{0})) return std::nullopt;
    return vault_.open(scope, seen->stored.tokens, seen->now);
}

}  // namespace postato::accounts
