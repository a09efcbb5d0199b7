#pragma once

/// \file
/// Where a connection stands, in words that pages and redirects are made of.

#include <optional>
#include <string>
#include <vector>

#include "persistence/connection_repository.hpp"
#include "util/ids.hpp"

namespace postato::accounts {

struct ConnectResult {
    enum class State {
        InProgress = 1,  ///< another request is exchanging the code: ask again
        Choosing,        ///< the person picks or confirms what was found
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

ConnectResult describe(const persistence::Connection& connection);

/// State::Refused.
ConnectResult refusedConnect(const std::string& platform, const std::string& code);

}  // namespace postato::accounts
