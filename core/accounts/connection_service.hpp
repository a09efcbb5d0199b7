#pragma once

/// \file
/// The authorization code flow of one browser (RFC 6749 4.1, RFC 7636, RFC 9700): who may start,
/// come back, choose and look. What then happens is connect_completion.hpp's.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "accounts/connect_completion.hpp"
#include "accounts/connect_result.hpp"
#include "accounts/platform_gateway.hpp"
#include "accounts/token_vault.hpp"
#include "persistence/connection_repository.hpp"
#include "persistence/database.hpp"
#include "util/log.hpp"
#include "util/random.hpp"

namespace postato::accounts {

/// A person signed in to the dashboard.
struct SignedIn {
    UserId user;
    std::string session_hash;
};

struct ConnectStart {
    std::string platform;
    std::optional<AccountId> reconnect_account;  ///< only this identity may come back
    std::optional<std::string> return_to;        ///< a checked path or URL; opaque here
    std::optional<SignedIn> person;              ///< exactly one of person and link is set
    std::optional<ConnectLinkId> link;
    std::string origin;  ///< the browser's network
};

struct ConnectStarted {
    ConnectionId connection;
    std::string authorization_url;
    sdk::Secret browser_secret;  ///< goes into the cookie that binds the flow to this browser
};

struct ConnectCallback {
    std::string platform;                ///< from the path
    sdk::CallbackParameters parameters;  ///< parsed strictly: no repeated names, at most 2 KiB each
    /// The binding cookie of a connection, if the browser sent one.
    std::function<std::optional<std::string>(const ConnectionId&)> browser_secret;
    std::optional<SignedIn> person;
    /// Whether the person may still connect accounts there; asked only with `person`.
    std::function<bool(const WorkspaceId&, const UserId&)> may_connect;
};

/// Asks that come with the binding cookie of the browser that began.
struct ConnectAsk {
    ConnectionId connection;
    std::string platform;
    std::optional<std::string> browser_secret;
    std::optional<SignedIn> person;
    std::function<bool(const WorkspaceId&, const UserId&)> may_connect;
};

struct ConnectionPolicy {
    std::chrono::milliseconds lifetime{std::chrono::minutes(10)};
    std::chrono::milliseconds candidates_lifetime{std::chrono::minutes(10)};
    std::int64_t open_per_user = 20;
    std::string public_url;  ///< without a trailing slash
};

/// Thread-safe.
class ConnectionService {
public:
    ConnectionService(persistence::Database& database, const PlatformGateway& platforms,
                      const TokenVault& vault, journal::AnswerJournal& journal,
                      AccountWriter& writer, RevocationQueue& revocations, Random& random,
                      const Logger& log, ConnectionPolicy policy);

    /// Records a pending authorization and says where to send the browser. Throws Error{NotFound}
    /// for an unknown platform or account, Error{PlatformMisconfigured} for an unconfigured
    /// platform.
    ConnectStarted start(const persistence::WorkspaceScope& scope, const ConnectStart& request);

    /// Handles the platform's redirect. The order of the checks is the security of the flow: state,
    /// platform of the path, browser, person, time, issuer; only then is the row consumed, by one
    /// caller, before any exchange. Everyone else gets the result the winner reached.
    ConnectResult callback(const ConnectCallback& request);

    /// Goes on from an answer in the journal.
    void resume(journal::JournalEntry& entry);

    /// The state of a connection for the browser that began it.
    ConnectResult result(const ConnectAsk& ask);

    /// What there is to choose from; empty unless the state is Choosing.
    std::vector<ConnectChoice> choices(const ConnectAsk& ask);

    /// The person's pick; none: they declined. Throws Error{InvalidArgument} for an id not offered.
    ConnectResult choose(const ConnectAsk& ask, const std::vector<std::string>& identity_ids);

private:
    std::optional<ConnectResult> refuse(
        const persistence::Connection& connection, const std::string& platform,
        const std::optional<std::string>& browser_secret, const std::optional<SignedIn>& person,
        const std::function<bool(const WorkspaceId&, const UserId&)>& may_connect) const;
    std::optional<persistence::ScopedConnection> findFor(const ConnectAsk& ask, ConnectResult& no);

    persistence::Database& database_;
    const PlatformGateway& platforms_;
    const TokenVault& vault_;
    journal::AnswerJournal& journal_;
    Random& random_;
    const Logger& log_;
    ConnectionPolicy policy_;
    ConnectCompletion completion_;
};

/// The redirect URI to register at the platform: one per platform (RFC 9700 4.4.2.2).
std::string redirectUri(const std::string& public_url, const std::string& platform);

}  // namespace postato::accounts
