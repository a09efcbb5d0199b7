#include "accounts/connect_completion.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "accounts/account_writer.hpp"
#include "accounts/connect_exchange.hpp"
#include "accounts/revocation_queue.hpp"
#include "audit/audit_trail.hpp"
#include "journal/journal_clients.hpp"
#include "persistence/account_repository.hpp"
#include "util/json.hpp"

namespace postato::accounts {
namespace {

/// A connect that was cut off is still carried to its end after so long.
constexpr std::chrono::minutes kResumable{15};

using persistence::AccountRepository;
using persistence::ConnectionRepository;
using persistence::ScopedConnection;
using persistence::Transaction;

std::string handleOf(const persistence::AccountProfile& profile) {
    if (profile.username) return *profile.username;
    return profile.display_name.value_or(profile.platform_user_id);
}

std::string nameOf(const sdk::Identity& identity) {
    if (!identity.username.empty()) return identity.username;
    return identity.display_name.empty() ? identity.id : identity.display_name;
}

bool isAmong(const std::vector<std::string>& ids, const sdk::Identity& identity) {
    return std::find(ids.begin(), ids.end(), identity.id) != ids.end();
}

/// A pinned reconnect is for an account that is still there.
bool pinStands(Transaction& tx, const ScopedConnection& found) {
    const auto& pinned = found.connection.reconnect_account_id;
    return !pinned || AccountRepository(tx).find(found.scope, *pinned).has_value();
}

/// Who began it, from the dashboard or by a link.
audit::Actor actorOf(const persistence::Connection& connection) {
    return {connection.user_id ? connection.user_id->str() : connection.connect_link_id->str(),
            connection.origin};
}

ConsentedGrant consented(const persistence::Connection& connection,
                         const ConnectCandidates& candidates) {
    return {.platform = connection.platform,
            .scopes_requested = connection.scopes,
            .scopes_granted = candidates.scopes_granted,
            .credentials = candidates.credentials,
            .received_at = candidates.received_at,
            .identities = candidates.identities,
            .connected_by = actorOf(connection).id};
}

}  // namespace

ConnectResult ConnectCompletion::exchange(const ScopedConnection& found,
                                          const sdk::CallbackParameters& parameters) {
    const auto& connection = found.connection;
    const auto& entry = platforms_.require(connection.platform);
    const auto outcome = entry.platform->parseCallback(parameters);
    using Kind = sdk::CallbackOutcome::Kind;
    if (outcome.kind == Kind::Denied) return end(found, {"denied", "access_denied", ""});
    if (outcome.kind != Kind::Code) {
        log_.warning("connect.failed", {{"connection", connection.id.str()},
                                        {"platform", connection.platform},
                                        {"diagnostic", "callback: " + outcome.error}});
        const bool ours = outcome.kind == Kind::ScopeRefused;
        return end(found, {"failed", ours ? "app_misconfigured" : "platform_error", ""});
    }

    sdk::CodeExchange code;
    code.code = outcome.code;
    if (connection.verifier_sealed)
        code.code_verifier = vault_.openText(found.scope, kCandidatesTable, connection.id.str(),
                                             kVerifierColumn, *connection.verifier_sealed);
    code.redirect_uri = connection.redirect_uri;
    code.requested_scopes = connection.scopes;
    code.granted_scopes_hint = outcome.granted_scopes;

    const auto clock = database_.read([](Transaction& tx) { return tx.runningClock(); });
    auto kept = journal_.begin({.operation = journal::Operation::Exchange,
                                .workspace = found.scope.id().str(),
                                .platform = connection.platform,
                                .subject = connection.id.str(),
                                .attempt = connection.id.str()});
    const auto http = platforms_.http(platforms_.exchange_deadline);
    journal::RecordingClient recording(*http, kept, clock, log_);
    const auto exchanged = exchangeAndIdentify(*entry.platform, recording, *http, code);
    const auto result = conclude(found, exchanged, recording.receivedAt().value_or(clock.now()));
    kept.settle();
    return result;
}

void ConnectCompletion::resume(const ScopedConnection& found, journal::JournalEntry& entry) {
    const auto& connection = found.connection;
    const bool interrupted = connection.outcome_code == "interrupted";
    if (connection.outcome && !interrupted) return entry.settle();

    const auto& platform = platforms_.require(connection.platform);
    if (entry.endsProcesses()) {
        log_.error("journal.plugin_crashes",
                   {{"platform", connection.platform}, {"version", platform.version}});
        end(found, {"failed", "platform_error", ""});
        return entry.setAside(platform.version);
    }
    const TimePoint received_at = entry.answers().back().received_at;
    sdk::CodeExchange code;
    code.redirect_uri = connection.redirect_uri;
    code.requested_scopes = connection.scopes;
    journal::ReplayingClient replaying(entry);
    const auto http = platforms_.http(platforms_.exchange_deadline);
    entry.beginReading();
    const auto exchanged = exchangeAndIdentify(*platform.platform, replaying, *http, code);
    entry.endReading();
    const TimePoint now = database_.read([](Transaction& tx) { return tx.now(); });
    if (interrupted || connection.consumed_at.value_or(now) + kResumable < now) {
        // The person has been told to begin again, or has long gone.
        const ConnectCandidates unwanted{exchanged.credentials, received_at,
                                         exchanged.scopes_granted, exchanged.identities};
        end(found, {"failed", "interrupted", ""}, &unwanted);
    } else {
        conclude(found, exchanged, received_at);
    }
    log_.info("connect.resumed", {{"connection", connection.id.str()},
                                  {"platform", connection.platform},
                                  {"late", interrupted}});
    entry.settle();
}

ConnectResult ConnectCompletion::conclude(const ScopedConnection& found,
                                          const ExchangedGrant& exchanged, TimePoint received_at) {
    const auto& connection = found.connection;
    ConnectCandidates candidates{exchanged.credentials, received_at, exchanged.scopes_granted,
                                 exchanged.identities};
    std::optional<persistence::Account> pinned;
    if (connection.reconnect_account_id)
        pinned = database_.read([&](Transaction& tx) {
            return AccountRepository(tx).find(found.scope, *connection.reconnect_account_id);
        });
    if (!exchanged.failure_code.empty()) {
        log_.warning("connect.failed", {{"connection", connection.id.str()},
                                        {"platform", connection.platform},
                                        {"code", exchanged.failure_code},
                                        {"diagnostic", exchanged.diagnostic}});
        return end(found, {"failed", exchanged.failure_code, exchanged.failure_detail},
                   &candidates);
    }
    if (connection.reconnect_account_id) {
        auto expected = candidates;
        std::erase_if(expected.identities, [&](const sdk::Identity& identity) {
            return !pinned || identity.id != pinned->profile.platform_user_id;
        });
        if (expected.identities.empty())
            return end(found,
                       {"failed", "account_mismatch", pinned ? handleOf(pinned->profile) : ""},
                       &candidates);
        candidates = std::move(expected);
    }
    if (candidates.identities.size() > 1 || connection.connect_link_id)
        return offer(found, candidates);
    return *goLive(found, candidates, From::Callback);
}

ConnectResult ConnectCompletion::offer(const ScopedConnection& found,
                                       const ConnectCandidates& candidates) {
    return database_.write([&](Transaction& tx) {
        ConnectionRepository(tx).offerCandidates(
            found.scope, found.connection.id,
            vault_.sealText(found.scope, kCandidatesTable, found.connection.id.str(),
                            kCandidatesColumn, serializeCandidates(candidates)),
            tx.now() + candidates_lifetime_);
        return standing(tx, found);
    });
}

ConnectCandidates ConnectCompletion::open(const ScopedConnection& found, TimePoint now) const {
    return deserializeCandidates(
        vault_.openText(found.scope, kCandidatesTable, found.connection.id.str(), kCandidatesColumn,
                        *found.connection.candidates_sealed),
        now);
}

std::vector<ConnectChoice> ConnectCompletion::choices(const ScopedConnection& found) const {
    if (!found.connection.candidates_sealed) return {};
    return database_.read([&](Transaction& tx) {
        AccountRepository accounts(tx);
        std::vector<ConnectChoice> choices;
        for (const auto& identity : open(found, tx.now()).identities) {
            const auto known =
                accounts.findByIdentity(found.scope, found.connection.platform, identity.id);
            choices.push_back({identity.id, nameOf(identity), identity.kind, known.has_value()});
        }
        return choices;
    });
}

std::optional<ConnectResult> ConnectCompletion::choose(
    const ScopedConnection& found, const std::vector<std::string>& identity_ids) {
    if (!found.connection.candidates_sealed) return std::nullopt;
    const TimePoint now = database_.read([](Transaction& tx) { return tx.now(); });
    const auto offered = open(found, now);
    auto chosen = offered;
    std::erase_if(chosen.identities,
                  [&](const auto& identity) { return !isAmong(identity_ids, identity); });
    for (const auto& id : identity_ids)
        if (std::none_of(offered.identities.begin(), offered.identities.end(),
                         [&](const auto& identity) { return identity.id == id; }))
            throw invalidField("identity", "is not one of those offered");
    if (!chosen.identities.empty()) return goLive(found, chosen, From::Choice);
    return database_.write([&](Transaction& tx) -> std::optional<ConnectResult> {
        if (!ConnectionRepository(tx).takeCandidates(found.scope, found.connection.id))
            return std::nullopt;
        return end(tx, found, {"denied", "access_denied", ""}, &offered);
    });
}

std::optional<ConnectResult> ConnectCompletion::goLive(const ScopedConnection& found,
                                                       const ConnectCandidates& candidates,
                                                       From from) {
    const auto& connection = found.connection;
    const auto grant = consented(connection, candidates);
    const auto connect = [&] {
        return database_.write([&](Transaction& tx) -> std::optional<ConnectResult> {
            ConnectionRepository connections(tx);
            if (from == From::Choice && !connections.takeCandidates(found.scope, connection.id))
                return std::nullopt;
            if (!pinStands(tx, found))
                return end(tx, found, {"failed", "account_mismatch", ""}, &candidates);
            std::vector<std::string> ids;
            for (const auto& id : writer_.connect(tx, found.scope, grant, actorOf(connection)))
                ids.push_back(id.str());
            // The person may have been told to begin again meanwhile: then nothing goes live.
            if (!connections.finish(found.scope, connection.id, "connected", std::nullopt,
                                    std::nullopt, ids))
                throw Error(ErrorCode::Conflict,
                            PublicMessage{"This connection has ended meanwhile; begin again"});
            return standing(tx, found);
        });
    };
    std::optional<ConnectResult> result;
    try {
        result = connect();
    } catch (const Error& error) {
        if (error.code() != ErrorCode::Conflict) throw;
        result = connect();  // the same identity went live in another tab a moment ago: renew it
    }
    if (result)
        log_.info("connect.finished",
                  {{"connection", connection.id.str()},
                   {"platform", connection.platform},
                   {"accounts", static_cast<std::int64_t>(result->account_ids.size())}});
    return result;
}

void ConnectCompletion::revokeUnwanted(Transaction& tx, const ScopedConnection& found,
                                       const ConnectCandidates& unwanted) {
    const auto& credentials = unwanted.credentials;
    if (credentials.access_token.empty()) return;
    const auto& connection = found.connection;
    const auto& entry = platforms_.require(connection.platform);
    const auto reach = entry.platform->traits().revocation_reach;
    if (reach == sdk::RevocationReach::Unsupported) return;
    std::string grant_key;
    if (!credentials.subject.empty() || !unwanted.identities.empty())
        grant_key =
            platforms::grantKey(entry, credentials.subject.empty() ? unwanted.identities.front().id
                                                                   : credentials.subject);
    // Whose grant this is could not be told: leave it alone if anybody might live on it.
    if (grant_key.empty() && endsWholeGrant(reach) &&
        AccountRepository(tx).countLiveOfClient(connection.platform, connection.client_id) > 0)
        return;
    revocations_.enqueue(tx, found.scope, std::nullopt, connection.platform, connection.client_id,
                         grant_key, credentials, unwanted.received_at);
}

ConnectResult ConnectCompletion::end(Transaction& tx, const ScopedConnection& found,
                                     const Ending& ending, const ConnectCandidates* unwanted) {
    if (unwanted != nullptr) revokeUnwanted(tx, found, *unwanted);
    const auto& connection = found.connection;
    ConnectionRepository(tx).finish(
        found.scope, connection.id, ending.outcome, ending.code,
        ending.detail.empty() ? std::nullopt : std::optional(ending.detail), {});
    audit::record(tx, found.scope.id(),
                  {.type = std::string("connection.") + ending.outcome,
                   .actor = actorOf(connection),
                   .data = dumpJson({{"connection", connection.id.str()},
                                     {"platform", connection.platform},
                                     {"code", ending.code}})},
                  random_);
    return standing(tx, found);
}

ConnectResult ConnectCompletion::end(const ScopedConnection& found, const Ending& ending,
                                     const ConnectCandidates* unwanted) {
    return database_.write([&](Transaction& tx) { return end(tx, found, ending, unwanted); });
}

ConnectResult ConnectCompletion::standing(Transaction& tx, const ScopedConnection& found) const {
    return describe(
        ConnectionRepository(tx).findById(found.connection.id).value_or(found).connection);
}

}  // namespace postato::accounts
