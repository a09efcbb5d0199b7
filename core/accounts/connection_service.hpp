#pragma once

/// \file
/// The authorization code flow of one browser (RFC 6749 4.1, RFC 7636, RFC 9700): start, callback,
/// choice, result.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "accounts/platform_gateway.hpp"
#include "accounts/token_vault.hpp"
#include "persistence/connection_repository.hpp"
#include "persistence/database.hpp"
#include "util/log.hpp"
#include "util/random.hpp"

namespace postato::accounts {

class AccountWriter;
class RevocationQueue;
struct ConnectCandidates;

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

/// Where a connection stands, in words the pages and redirects are made of.
struct ConnectResult {
    enum class State {
        InProgress = 1,  ///< another request is exchanging the code: ask again
        Choosing,        ///< the person picks or confirms; see `choices`
        Connected,
        Denied,  ///< the person said no
        Failed,  ///< see `code`
        Refused  ///< nothing was consumed or changed; see `code`
    };
    State state = State::Refused;
    /// `access_denied`, `scope_missing`, `account_mismatch`, `connect_expired`,
    /// `no_publishable_account`, `platform_error`, `platform_unavailable`, `app_misconfigured`,
    /// `interrupted`; with Refused also `unknown_state`, `wrong_browser`, `sign_in_required`,
    /// `not_permitted`, `issuer_mismatch`.
    std::string code;
    std::string detail;  ///< our own words: scope names, the handle expected; never the platform's
    std::optional<ConnectionId> connection;
    std::optional<WorkspaceId> workspace;
    std::string platform;
    std::vector<std::string> account_ids;
    std::optional<std::string> return_to;
    bool from_link = false;
};

/// One of several identities found, for the page where the person picks.
struct ConnectChoice {
    std::string id;
    std::string name;  ///< handle or display name
    std::string kind;
    bool already_connected = false;  ///< choosing it renews the account that exists
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
                      const TokenVault& vault, AccountWriter& writer, RevocationQueue& revocations,
                      Random& random, const Logger& log, ConnectionPolicy policy);

    /// Records a pending authorization and says where to send the browser. Throws Error{NotFound}
    /// for an unknown platform or account, Error{PlatformMisconfigured} for an unconfigured
    /// platform.
    ConnectStarted start(const persistence::WorkspaceScope& scope, const ConnectStart& request);

    /// Handles the platform's redirect. The order of the checks is the security of the flow: state,
    /// platform of the path, browser, person, time, issuer; only then is the row consumed, by one
    /// caller, before any exchange. Everyone else gets the result the winner reached.
    ConnectResult callback(const ConnectCallback& request);

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
    ConnectResult describe(const persistence::Connection& connection) const;
    ConnectResult exchange(const persistence::ScopedConnection& found,
                           const ConnectCallback& request);
    ConnectCandidates openCandidates(const persistence::ScopedConnection& found,
                                     TimePoint now) const;
    ConnectResult goLive(const persistence::ScopedConnection& found,
                         const ConnectCandidates& candidates);
    ConnectResult finish(const persistence::ScopedConnection& found, const char* outcome,
                         const std::string& code, const std::string& detail,
                         const std::vector<std::string>& account_ids);
    /// Tokens that nobody will use: into the outbox, unless that could end a live grant.
    void revokeUnwanted(const persistence::ScopedConnection& found,
                        const sdk::Credentials& credentials,
                        const std::vector<sdk::Identity>& identities, TimePoint now);

    persistence::Database& database_;
    const PlatformGateway& platforms_;
    const TokenVault& vault_;
    AccountWriter& writer_;
    RevocationQueue& revocations_;
    Random& random_;
    const Logger& log_;
    ConnectionPolicy policy_;
};

/// The redirect URI to register at the platform: one per platform (RFC 9700 4.4.2.2).
std::string redirectUri(const std::string& public_url, const std::string& platform);

}  // namespace postato::accounts
