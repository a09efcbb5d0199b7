#include "accounts/connection_service.hpp"

#include <algorithm>

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

/// 256 bits, as 43 characters of base64url.
std::string secretText(Random& random) { return toBase64Url(random.bytes(32)); }

const std::string* parameter(const sdk::CallbackParameters& parameters, std::string_view name) {
    for (const auto& [key, value] : parameters)
        if (key == name) return &value;
    return nullptr;
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
                                     journal::AnswerJournal& journal, AccountWriter& writer,
                                     RevocationQueue& revocations, Random& random,
                                     const Logger& log, ConnectionPolicy policy)
    : database_(database),
      platforms_(platforms),
      vault_(vault),
      journal_(journal),
      random_(random),
      log_(log),
      policy_(std::move(policy)),
      completion_(database, platforms, vault, journal, writer, revocations, random, log,
                  policy_.candidates_lifetime) {}

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
                              .origin = request.origin,
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
    if (connection.platform != platform) return refusedConnect(platform, "unknown_state");
    if (!browser_secret ||
        !equalConstantTime(crypto::sha256Hex(*browser_secret), connection.browser_hash))
        return refusedConnect(platform, "wrong_browser");
    if (connection.user_id) {
        if (!person || person->user != *connection.user_id)
            return refusedConnect(platform, "sign_in_required");
        if (!may_connect || !may_connect(connection.workspace_id, person->user))
            return refusedConnect(platform, "not_permitted");
    }
    return std::nullopt;
}

ConnectResult ConnectionService::callback(const ConnectCallback& request) {
    const auto* state = parameter(request.parameters, "state");
    if (state == nullptr || state->empty())
        return refusedConnect(request.platform, "unknown_state");
    struct Look {
        std::optional<ScopedConnection> found;
        TimePoint now;
    };
    const auto look = database_.read([&](persistence::Transaction& tx) {
        return Look{ConnectionRepository(tx).findByState(crypto::sha256Hex(*state)), tx.now()};
    });
    if (!look.found) return refusedConnect(request.platform, "unknown_state");
    const auto& connection = look.found->connection;

    // Nothing before the `consume` below changes the row: a stranger cannot spoil the flow.
    if (auto no = refuse(connection, request.platform, request.browser_secret(connection.id),
                         request.person, request.may_connect))
        return *no;
    if (connection.consumed_at || connection.outcome) return describe(connection);
    if (connection.expires_at <= look.now)
        return refusedConnect(request.platform, "connect_expired");
    const auto& entry = platforms_.require(connection.platform);
    if (!issuerAcceptable(entry.platform->traits(), parameter(request.parameters, "iss")))
        return refusedConnect(request.platform, "issuer_mismatch");

    if (!journal_.writable())
        throw Error(ErrorCode::Unavailable,
                    PublicMessage{"The server cannot keep new tokens safe at the moment; try again "
                                  "in a few minutes"},
                    InternalDetail{"the journal cannot be written"});
    const bool winner = database_.write([&](persistence::Transaction& tx) {
        return ConnectionRepository(tx).consume(look.found->scope, connection.id);
    });
    if (winner) return completion_.exchange(*look.found, request.parameters);
    return describe(database_
                        .read([&](persistence::Transaction& tx) {
                            return ConnectionRepository(tx).findById(connection.id);
                        })
                        .value_or(*look.found)
                        .connection);
}

void ConnectionService::resume(journal::JournalEntry& entry) {
    const auto found = database_.read([&](persistence::Transaction& tx) {
        return ConnectionRepository(tx).findById(ConnectionId::trusted(entry.call().subject));
    });
    // Without its connection nobody can tell whose tokens these are, nor which client's.
    if (!found) return entry.setAside("no connection");
    completion_.resume(*found, entry);
}

std::optional<ScopedConnection> ConnectionService::findFor(const ConnectAsk& ask,
                                                           ConnectResult& no) {
    auto found = database_.read([&](persistence::Transaction& tx) {
        return ConnectionRepository(tx).findById(ask.connection);
    });
    if (!found) {
        no = refusedConnect(ask.platform, "unknown_state");
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
    return found ? completion_.choices(*found) : std::vector<ConnectChoice>{};
}

ConnectResult ConnectionService::choose(const ConnectAsk& ask,
                                        const std::vector<std::string>& identity_ids) {
    ConnectResult no;
    const auto found = findFor(ask, no);
    if (!found) return no;
    if (auto chosen = completion_.choose(*found, identity_ids)) return *chosen;
    // Somebody else's pick came first, or the time was over and housekeeping has yet to say so.
    auto standing = result(ask);
    if (standing.state == State::Choosing)
        standing = refusedConnect(ask.platform, "connect_expired");
    return standing;
}

}  // namespace postato::accounts
