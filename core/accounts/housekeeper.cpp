#include "accounts/housekeeper.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "accounts/account_writer.hpp"
#include "accounts/connect_candidates.hpp"
#include "audit/audit_trail.hpp"
#include "persistence/account_repository.hpp"
#include "persistence/connection_repository.hpp"
#include "persistence/identity_repository.hpp"
#include "persistence/token_repository.hpp"
#include "util/json.hpp"

namespace postato::accounts {
namespace {

constexpr std::chrono::hours kWaitForPlugin{24};
constexpr std::int64_t kCandidatesPerRound = 50;
constexpr std::int64_t kWarningsPerRound = 200;
constexpr std::array<std::int64_t, 3> kWarnedDays{1, 3, 14};
/// A consumed connection without an outcome has died with its process after this long.
constexpr Milliseconds kInterruptedAfter{std::chrono::seconds(60)};
/// Ended rows stay this long, so that a person who comes back late still reads what happened.
constexpr Milliseconds kKeepConnections{std::chrono::hours(24)};
constexpr Milliseconds kKeepLinks{std::chrono::hours(24 * 30)};
constexpr Milliseconds kKeepAttempts{std::chrono::hours(24 * 7)};
constexpr Milliseconds kKeepIncidents{std::chrono::hours(24 * 30)};

}  // namespace

Housekeeper::Housekeeper(persistence::Database& database, const PlatformGateway& platforms,
                         const TokenVault& vault, journal::AnswerJournal& journal,
                         RevocationQueue& revocations, PlatformBreakers& breakers, Random& random,
                         const Logger& log, HousekeepingPolicy policy)
    : database_(database),
      platforms_(platforms),
      vault_(vault),
      journal_(journal),
      revocations_(revocations),
      breakers_(breakers),
      random_(random),
      log_(log),
      policy_(policy) {}

void Housekeeper::sweep() {
    breakers_.reconcile();
    revokeExpiredCandidates();
    warnOfHorizons();
    database_.write([&](persistence::Transaction& tx) {
        const TimePoint now = tx.now();
        persistence::ConnectionRepository connections(tx);
        const auto interrupted = connections.failInterrupted(now - kInterruptedAfter);
        const auto swept = connections.sweep(now - kKeepConnections);
        persistence::ConnectLinkRepository(tx).sweep(now - kKeepLinks);
        persistence::SessionRepository sessions(tx);
        sessions.sweep(now, now - policy_.sessions.idle);
        sessions.sweepLinks(now);
        persistence::ThrottleRepository(tx).sweep();
        persistence::TokenRepository(tx).sweepAttempts(now - kKeepAttempts);
        persistence::IncidentRepository(tx).sweep(now - kKeepIncidents);
        if (interrupted + swept > 0)
            log_.info("housekeeping.swept", {{"connections", swept}, {"interrupted", interrupted}});
    });
    journal_.sweep(policy_.keep_answers);
}

void Housekeeper::warnOfHorizons() {
    // From the nearest on: who is told of one day is not told of fourteen as well.
    for (const auto days : kWarnedDays) {
        database_.write([&](persistence::Transaction& tx) {
            persistence::AccountRepository accounts(tx);
            for (const auto& [scope, id, platform, reconnect_by] :
                 accounts.takeHorizonWarnings(days, kWarningsPerRound)) {
                audit::record(
                    tx, scope.id(),
                    {.type = "account.reconnect_soon",
                     .actor = audit::Actor::system(),
                     .data = dumpJson({{"reconnectBy", toIso8601(reconnect_by)}, {"days", days}}),
                     .account = id},
                    random_);
                log_.warning("account.reconnect_soon",
                             {{"account", id.str()}, {"platform", platform}, {"days", days}});
            }
        });
    }
}

void Housekeeper::revokeExpiredCandidates() {
    database_.write([&](persistence::Transaction& tx) {
        persistence::ConnectionRepository connections(tx);
        const TimePoint now = tx.now();
        // Without its plugin nobody can tell what to revoke: that waits a day for it to come back.
        for (const auto& [scope, connection] : connections.takeExpiredCandidates(
                 kCandidatesPerRound, platforms_.registry.loadedIds(), now - kWaitForPlugin)) {
            const auto* entry = platforms_.registry.loaded(connection.platform);
            std::optional<ConnectCandidates> unwanted;
            try {
                if (entry != nullptr) unwanted = openCandidates(scope, connection, now);
            } catch (const Error& error) {
                log_.error("housekeeping.candidates_unreadable",
                           {{"connection", connection.id.str()}, {"detail", error.detail()}});
                if (error.code() == ErrorCode::Unavailable) {
                    // Somebody else can read them, or this process can later; the others first.
                    connections.offerCandidates(scope, connection.id, *connection.candidates_sealed,
                                                now);
                    continue;
                }
                // Nobody can revoke what nobody can read; the others must not wait for it.
                if (error.code() != ErrorCode::DecryptFailed) throw;
            }
            connections.finish(scope, connection.id, "failed", std::string("connect_expired"),
                               std::nullopt, {});
            if (unwanted) revoke(tx, scope, connection, *unwanted, *entry);
        }
    });
}

std::optional<ConnectCandidates> Housekeeper::openCandidates(
    const persistence::WorkspaceScope& scope, const persistence::Connection& connection,
    TimePoint now) const {
    if (!connection.candidates_sealed) return std::nullopt;
    return deserializeCandidates(vault_.openText(scope, kCandidatesTable, connection.id.str(),
                                                 kCandidatesColumn, *connection.candidates_sealed),
                                 now);
}

void Housekeeper::revoke(persistence::Transaction& tx, const persistence::WorkspaceScope& scope,
                         const persistence::Connection& connection,
                         const ConnectCandidates& candidates,
                         const platforms::PlatformEntry& entry) {
    const TimePoint now = tx.now();
    const auto& credentials = candidates.credentials;
    const auto& subject =
        credentials.subject.empty() ? candidates.identities.front().id : credentials.subject;
    revocations_.enqueue(tx, scope, std::nullopt, connection.platform, connection.client_id,
                         platforms::grantKey(entry, subject), credentials, now);
}

}  // namespace postato::accounts
