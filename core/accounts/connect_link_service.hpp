#pragma once

/// \file
/// Links by which an API client asks a human to connect an account.

#include <optional>
#include <string>

#include "accounts/connection_service.hpp"
#include "audit/audit_trail.hpp"

namespace postato::accounts {

struct NewConnectLink {
    std::string platform;
    std::optional<AccountId> reconnect_account;
    std::optional<std::string> return_url;
    std::chrono::seconds expires_in{std::chrono::hours(24)};
    audit::Actor created_by;
};

struct MadeConnectLink {
    ConnectLinkId id;
    std::string url;  ///< holds the secret; shown once
    TimePoint expires_at;
};

/// What the page says before the person goes on.
struct ConnectInvitation {
    enum class State { Open = 1, Unknown, Used, Expired };
    State state = State::Unknown;
    std::string workspace_name;
    std::string platform;
    std::string platform_name;
    std::vector<std::string> scope_meanings;
    std::optional<std::string> reconnect_handle;
    bool forces_account_choice = false;
};

/// Thread-safe.
class ConnectLinkService {
public:
    ConnectLinkService(persistence::Database& database, const PlatformGateway& platforms,
                       ConnectionService& connections, Random& random, std::string public_url);

    /// Throws as ConnectionService::start does; Error{InvalidArgument} for `expires_in` outside
    /// 1 minute to 30 days.
    MadeConnectLink make(const persistence::WorkspaceScope& scope, const NewConnectLink& request);

    /// Looks without using. Takes the secret from the URL; anything malformed is Unknown.
    ConnectInvitation look(const std::string& secret);

    /// Uses the link up and begins the flow; nothing when it is not open any more.
    std::optional<ConnectStarted> accept(const std::string& secret, const std::string& origin);

private:
    persistence::Database& database_;
    const PlatformGateway& platforms_;
    ConnectionService& connections_;
    Random& random_;
    std::string public_url_;
};

}  // namespace postato::accounts
