#include "accounts/connection_service.hpp"

#include <algorithm>

#include "accounts/account_writer.hpp"
#include "accounts/connect_candidates.hpp"
#include "accounts/connect_exchange.hpp"
#include "accounts/revocation_queue.hpp"
#include "crypto/hashing.hpp"
#include "crypto/pkce.hpp"
#include "persistence/account_repository.hpp"
#include "util/encoding.hpp"

namespace postato::accounts {
namespace {

using persistence::Connection;
using persistence::ConnectionRepository;
using persistence::ScopedConnection;
using State = ConnectResult::State;

constexpr const char* kVerifierColumn = "verifier_sealed";

/// 256 bits, as 43 characters of base64url.
std::string secretText(Random& random) { return toBase64Url(random.bytes(32)); }

const std::string* parameter(const sdk::CallbackParameters& parameters, std::string_view name) {
    for (const auto& [key, value] : parameters)
        if (key == name) return &value;
    return nullptr;
}

std::string handleOf(const persistence::AccountProfile& profile) {
    if (profile.username) return *profile.username;
    return profile.display_name.value_or(profile.platform_user_id);
}

ConnectResult refused(const std::string& platform, const std::string& code) {
    ConnectResult result;
    result.platform = platform;
    result.code = code;
    return result;
}

/// RFC 9207 2.4: an issuer that is sent must be the expected one; some platforms always send it.
bool issuerAcceptable(const sdk::Traits& traits, const std::string* issuer) {
    if (issuer == nullptr) return !traits.issuer_required;
    return *issuer == traits.issuer;
}

}  // namespace

std::string redirectUri(const std::string& public_url, const std::string& platform) {
    return public_url + "/connect/" + platform + "/callback";
}

ConnectionService::ConnectionService(persistence::Database& database,
                                     const PlatformGateway& platforms, const TokenVault& vault,
                                     AccountWriter& writer, RevocationQueue& revocations,
                                     Random& random, const Logger& log, ConnectionPolicy policy)
    : database_(database),
      platforms_(platforms),
      vault_(vault),
      writer_(writer),
      revocations_(revocations),
      random_(random),
      log_(log),
      policy_(std::move(policy)) {}

ConnectStarted ConnectionService::start(const persistence::WorkspaceScope& scope,
                                        const ConnectStart& request) {
    const auto& entry = platforms_.require(request.platform);
    const auto& traits = entry.platform->traits();
    const std::string state = secretText(random_);
    const std::string browser = secretText(random_);
    const auto verifier =
        traits.pkce == sdk::PkceMethod::None ? sdk::Secret() : crypto::makeCodeVerifier(random_);

    const auto id = database_.write([&](persistence::Transaction& tx) {
        if (request.reconnect_account) {
            const auto account =
                persistence::AccountRepository(tx).find(scope, *request.reconnect_account);
            if (!account || account->platform != request.platform) throw notFound("Account");
        }
        const TimePoint now = tx.now();
        const auto made = ConnectionId::make(now, random_);
        Connection connection{.id = made,
                              .workspace_id = scope.id(),
                              .platform = request.platform,
                              .state_hash = crypto::sha256Hex(state),
                              .browser_hash = crypto::sha256Hex(browser),
                              .client_id = entry.client_id,
                              .redirect_uri = redirectUri(policy_.public_url, request.platform),
                              .issuer = traits.issuer,
                              .scopes = entry.scopes,
                              .reconnect_account_id = request.reconnect_account,
                              .return_to = request.return_to,
                              .created_at = now,
                              .expires_at = now + policy_.lifetime};
        if (request.person) {
            connection.user_id = request.person->user;
            connection.session_hash = request.person->session_hash;
        }
        connection.connect_link_id = request.link;
        if (!verifier.empty())
            connection.verifier_sealed =
                vault_.sealText(scope, kCandidatesTable, made.str(), kVerifierColumn, verifier);
        ConnectionRepository connections(tx);
        connections.insert(scope, connection);
        if (request.person) connections.closeOldest(request.person->user, policy_.open_per_user);
        return made;
    });

    sdk::AuthorizationRequest authorization;
    authorization.redirect_uri = redirectUri(policy_.public_url, request.platform);
    authorization.state = state;
    authorization.code_challenge = crypto::codeChallenge(traits.pkce, verifier);
    authorization.scopes = entry.scopes;
    authorization.reconnect = request.reconnect_account.has_value();
    log_.info("connect.started", {{"connection", id.str()},
                                  {"platform", request.platform},
                                  {"workspace", scope.id().str()}});
    return {id, entry.platform->authorizationUrl(authorization), sdk::Secret(browser)};
}

std::optional<ConnectResult> ConnectionService::refuse(
    const Connection& connection, const std::string& platform,
    const std::optional<std::string>& browser_secret, const std::optional<SignedIn>& person,
    const std::function<bool(const WorkspaceId&, const UserId&)>& may_connect) const {
    if (connection.platform != platform) return refused(platform, "unknown_state");
    if (!browser_secret ||
        !equalConstantTime(crypto::sha256Hex(*browser_secret), connection.browser_hash))
        return refused(platform, "wrong_browser");
    if (connection.user_id) {
        if (!person || person->user != *connection.user_id)
            return refused(platform, "sign_in_required");
        if (!may_connect || !may_connect(connection.workspace_id, person->user))
            return refused(platform, "not_permitted");
    }
    return std::nullopt;
}

ConnectResult ConnectionService::describe(const Connection& connection) const {
    ConnectResult result;
    result.connection = connection.id;
    result.workspace = connection.workspace_id;
    result.platform = connection.platform;
    result.return_to = connection.return_to;
    result.from_link = connection.connect_link_id.has_value();
    result.code = connection.outcome_code.value_or("");
    result.detail = connection.outcome_detail.value_or("");
    result.account_ids = connection.account_ids;
    if (!connection.outcome) {
        result.state = State::InProgress;
    } else if (*connection.outcome == "choosing") {
        result.state = State::Choosing;
    } else if (*connection.outcome == "connected") {
        result.state = State::Connected;
    } else if (*connection.outcome == "denied") {
        result.state = State::Denied;
    } else {
        result.state = State::Failed;
    }
    return result;
}

ConnectResult ConnectionService::callback(const ConnectCallback& request) {
    const auto* state = parameter(request.parameters, "state");
    if (state == nullptr || state->empty()) return refused(request.platform, "unknown_state");
    struct Look {
        std::optional<ScopedConnection> found;
        TimePoint now;
    };
    const auto look = database_.read([&](persistence::Transaction& tx) {
        return Look{ConnectionRepository(tx).findByState(crypto::sha256Hex(*state)), tx.now()};
    });
    if (!look.found) return refused(request.platform, "unknown_state");
    const auto& connection = look.found->connection;

    // Nothing before the `consume` below changes the row: a stranger cannot spoil the flow.
    if (auto no = refuse(connection, request.platform, request.browser_secret(connection.id),
                         request.person, request.may_connect))
        return *no;
    if (connection.consumed_at || connection.outcome) return describe(connection);
    if (connection.expires_at <= look.now) return refused(request.platform, "connect_expired");
    const auto& entry = platforms_.require(connection.platform);
    if (!issuerAcceptable(entry.platform->traits(), parameter(request.parameters, "iss")))
        return refused(request.platform, "issuer_mismatch");

    const bool winner = database_.write([&](persistence::Transaction& tx) {
        return ConnectionRepository(tx).consume(look.found->scope, connection.id);
    });
    if (winner) return exchange(*look.found, request);
    return describe(database_
                        .read([&](persistence::Transaction& tx) {
                            return ConnectionRepository(tx).findById(connection.id);
                        })
                        .value_or(*look.found)
                        .connection);
}

ConnectResult ConnectionService::exchange(const ScopedConnection& found,
                                          const ConnectCallback& request) {
    const auto& connection = found.connection;
    const auto& entry = platforms_.require(connection.platform);
    const auto outcome = entry.platform->parseCallback(request.parameters);
    using Kind = sdk::CallbackOutcome::Kind;
    if (outcome.kind == Kind::Denied) return finish(found, "denied", "access_denied", "", {});
    if (outcome.kind == Kind::ScopeRefused)
        return finish(found, "failed", "app_misconfigured", "", {});
    if (outcome.kind != Kind::Code) return finish(found, "failed", "platform_error", "", {});

    sdk::CodeExchange code;
    code.code = outcome.code;
    if (connection.verifier_sealed)
        code.code_verifier = vault_.openText(found.scope, kCandidatesTable, connection.id.str(),
                                             kVerifierColumn, *connection.verifier_sealed);
    code.redirect_uri = connection.redirect_uri;
    code.requested_scopes = connection.scopes;
    code.granted_scopes_hint = outcome.granted_scopes;

    const auto http = platforms_.http(platforms_.exchange_deadline);
    const auto exchanged = exchangeAndIdentify(*entry.platform, *http, code);
    const TimePoint now = database_.read([](persistence::Transaction& tx) { return tx.now(); });
    if (!exchanged.failure_code.empty()) {
        log_.warning("connect.failed", {{"connection", connection.id.str()},
                                        {"platform", connection.platform},
                                        {"code", exchanged.failure_code},
                                        {"diagnostic", exchanged.diagnostic}});
        revokeUnwanted(found, exchanged.credentials, exchanged.identities, now);
        return finish(found, "failed", exchanged.failure_code, exchanged.failure_detail, {});
    }

    auto identities = exchanged.identities;
    if (connection.reconnect_account_id) {
        const auto account = database_.read([&](persistence::Transaction& tx) {
            return persistence::AccountRepository(tx).find(found.scope,
                                                           *connection.reconnect_account_id);
        });
        std::erase_if(identities, [&](const sdk::Identity& identity) {
            return !account || identity.id != account->profile.platform_user_id;
        });
        if (identities.empty()) {
            revokeUnwanted(found, exchanged.credentials, exchanged.identities, now);
            return finish(found, "failed", "account_mismatch",
                          account ? handleOf(account->profile) : "", {});
        }
    }

    ConnectCandidates candidates{exchanged.credentials, now, exchanged.scopes_granted, identities};
    if (identities.size() > 1 || connection.connect_link_id) {
        database_.write([&](persistence::Transaction& tx) {
            ConnectionRepository(tx).offerCandidates(
                found.scope, connection.id,
                vault_.sealText(found.scope, kCandidatesTable, connection.id.str(),
                                kCandidatesColumn, serializeCandidates(candidates)),
                tx.now() + policy_.candidates_lifetime);
        });
        auto result = describe(connection);
        result.state = State::Choosing;
        return result;
    }
    return goLive(found, candidates);
}

ConnectResult ConnectionService::goLive(const ScopedConnection& found,
                                        const ConnectCandidates& candidates) {
    const auto& connection = found.connection;
    ConsentedGrant grant{.platform = connection.platform,
                         .scopes_requested = connection.scopes,
                         .scopes_granted = candidates.scopes_granted,
                         .credentials = candidates.credentials,
                         .received_at = candidates.received_at,
                         .identities = candidates.identities};
    grant.connected_by =
        connection.user_id ? connection.user_id->str() : connection.connect_link_id->str();
    const auto connect = [&] {
        return database_.write([&](persistence::Transaction& tx) {
            std::vector<std::string> ids;
            for (const auto& id : writer_.connect(tx, found.scope, grant, {*grant.connected_by}))
                ids.push_back(id.str());
            ConnectionRepository(tx).finish(found.scope, connection.id, "connected", std::nullopt,
                                            std::nullopt, ids);
            return ids;
        });
    };
    std::vector<std::string> ids;
    try {
        ids = connect();
    } catch (const Error& error) {
        if (error.code() != ErrorCode::Conflict) throw;
        ids = connect();  // the same identity went live in another tab a moment ago: renew it
    }
    log_.info("connect.finished", {{"connection", connection.id.str()},
                                   {"platform", connection.platform},
                                   {"accounts", static_cast<std::int64_t>(ids.size())}});
    auto result = describe(connection);
    result.state = State::Connected;
    result.account_ids = ids;
    return result;
}

void ConnectionService::revokeUnwanted(const ScopedConnection& found,
                                       const sdk::Credentials& credentials,
                                       const std::vector<sdk::Identity>& identities,
                                       TimePoint now) {
    if (credentials.access_token.empty()) return;
    const auto& connection = found.connection;
    const auto& entry = platforms_.require(connection.platform);
    const auto reach = entry.platform->traits().revocation_reach;
    if (reach == sdk::RevocationReach::Unsupported) return;
    database_.write([&](persistence::Transaction& tx) {
        persistence::AccountRepository accounts(tx);
        std::string grant_key;
        if (!credentials.subject.empty() || !identities.empty())
            grant_key = platforms::grantKey(
                entry, credentials.subject.empty() ? identities.front().id : credentials.subject);
        // Whose grant this is could not be told: leave it alone if anybody might live on it.
        if (grant_key.empty() && endsWholeGrant(reach) &&
            accounts.countLiveOfClient(connection.platform, connection.client_id) > 0)
            return;
        revocations_.enqueue(tx, found.scope, std::nullopt, connection.platform,
                             connection.client_id, grant_key, credentials, now);
    });
}

ConnectResult ConnectionService::finish(const ScopedConnection& found, const char* outcome,
                                        const std::string& code, const std::string& detail,
                                        const std::vector<std::string>& account_ids) {
    return database_.write([&](persistence::Transaction& tx) {
        ConnectionRepository connections(tx);
        connections.finish(found.scope, found.connection.id, outcome, code,
                           detail.empty() ? std::nullopt : std::optional(detail), account_ids);
        return describe(connections.findById(found.connection.id).value_or(found).connection);
    });
}

std::optional<ScopedConnection> ConnectionService::findFor(const ConnectAsk& ask,
                                                           ConnectResult& no) {
    auto found = database_.read([&](persistence::Transaction& tx) {
        return ConnectionRepository(tx).findById(ask.connection);
    });
    if (!found) {
        no = refused(ask.platform, "unknown_state");
        return std::nullopt;
    }
    if (auto refusal = refuse(found->connection, ask.platform, ask.browser_secret, ask.person,
                              ask.may_connect)) {
        no = *refusal;
        return std::nullopt;
    }
    return found;
}

ConnectResult ConnectionService::result(const ConnectAsk& ask) {
    ConnectResult no;
    const auto found = findFor(ask, no);
    return found ? describe(found->connection) : no;
}

std::vector<ConnectChoice> ConnectionService::choices(const ConnectAsk& ask) {
    ConnectResult no;
    const auto found = findFor(ask, no);
    if (!found || !found->connection.candidates_sealed) return {};
    return database_.read([&](persistence::Transaction& tx) {
        const auto candidates = openCandidates(*found, tx.now());
        persistence::AccountRepository accounts(tx);
        std::vector<ConnectChoice> choices;
        for (const auto& identity : candidates.identities) {
            const auto& name = !identity.username.empty()       ? identity.username
                               : !identity.display_name.empty() ? identity.display_name
                                                                : identity.id;
            const bool known =
                accounts.findByIdentity(found->scope, ask.platform, identity.id).has_value();
            choices.push_back({identity.id, name, identity.kind, known});
        }
        return choices;
    });
}

ConnectCandidates ConnectionService::openCandidates(const ScopedConnection& found,
                                                    TimePoint now) const {
    return deserializeCandidates(
        vault_.openText(found.scope, kCandidatesTable, found.connection.id.str(), kCandidatesColumn,
                        *found.connection.candidates_sealed),
        now);
}

ConnectResult ConnectionService::choose(const ConnectAsk& ask,
                                        const std::vector<std::string>& identity_ids) {
    ConnectResult no;
    const auto found = findFor(ask, no);
    if (!found) return no;
    if (!found->connection.candidates_sealed) return describe(found->connection);

    const TimePoint now = database_.read([](persistence::Transaction& tx) { return tx.now(); });
    auto candidates = openCandidates(*found, now);
    const auto offered = candidates.identities;
    for (const auto& id : identity_ids)
        if (std::none_of(offered.begin(), offered.end(),
                         [&](const sdk::Identity& identity) { return identity.id == id; }))
            throw invalidField("identity", "is not one of those offered");
    std::erase_if(candidates.identities, [&](const sdk::Identity& identity) {
        return std::find(identity_ids.begin(), identity_ids.end(), identity.id) ==
               identity_ids.end();
    });

    const bool mine = database_.write([&](persistence::Transaction& tx) {
        return ConnectionRepository(tx).takeCandidates(found->scope, found->connection.id);
    });
    if (!mine) {
        auto standing = result(ask);
        if (standing.state == State::Choosing) standing = refused(ask.platform, "connect_expired");
        return standing;
    }
    if (candidates.identities.empty()) {
        revokeUnwanted(*found, candidates.credentials, offered, now);
        return finish(*found, "denied", "access_denied", "", {});
    }
    return goLive(*found, candidates);
}

}  // namespace postato::accounts
