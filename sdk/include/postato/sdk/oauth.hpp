#pragma once

/// \file
/// The vocabulary between host and plugin: what goes into and comes out of each step of an OAuth
/// connection. Names are those of RFC 6749, 7636 and 7009, spelled as on the wire.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "postato/sdk/secret.hpp"

namespace postato::sdk {

/// How a code challenge is made from the verifier (RFC 7636 4.2). `S256Hex` is the non-standard
/// lower-case hexadecimal form that one platform's desktop flow wants.
enum class PkceMethod { None = 1, S256, S256Hex };

/// What the platform kills when one token is revoked. It decides whether the host may call
/// `revoke()` while another workspace lives on the same grant.
enum class RevocationReach {
    Unsupported = 1,  ///< no revocation endpoint
    Token,            ///< that token, or that pair
    Grant,            ///< everything this person granted this client, in every workspace
    Unknown           ///< not documented; the host treats it as Grant
};

/// How the platform treats the refresh credential.
enum class Rotation {
    None = 1,  ///< the same credential goes on working
    Grace,     ///< a new one comes, the old one goes on for a while
    Strict     ///< a new one comes and the old one is dead at once: a lost answer is a lost grant
};

/// Input of `Platform::authorizationUrl` (RFC 6749 4.1.1, RFC 7636 4.3).
struct AuthorizationRequest {
    std::string redirect_uri;
    std::string state;              ///< 43 characters of base64url
    std::string code_challenge;     ///< made by the host per `Traits::pkce`; empty without PKCE
    std::vector<std::string> scopes;
    bool reconnect = false;         ///< an existing account asks again
};

/// The query parameters of the callback, in order and decoded once. The host has already checked
/// `state`, refused repeated names and anything over 2 KiB.
using CallbackParameters = std::vector<std::pair<std::string, std::string>>;

/// What the callback said.
struct CallbackOutcome {
    enum class Kind {
        Code = 1,      ///< consent given; `code` is set
        Denied,        ///< the person said no: a normal end
        ScopeRefused,  ///< the app may not ask for a scope: the operator must act
        Failed         ///< anything else the platform reported
    };
    Kind kind = Kind::Failed;
    Secret code;
    /// The platform's `error` value through `safeCode`; empty with Kind::Code.
    std::string error;
    /// Scopes granted, where the callback already says so.
    std::optional<std::vector<std::string>> granted_scopes;
};

/// Input of `Platform::exchangeCode` (RFC 6749 4.1.3; `code_verifier` per RFC 7636 4.5).
struct CodeExchange {
    Secret code;
    Secret code_verifier;     ///< empty without PKCE
    std::string redirect_uri; ///< the one that the authorization request carried
    std::vector<std::string> requested_scopes;
    std::optional<std::vector<std::string>> granted_scopes_hint;  ///< from the callback
};

/// Everything needed to act for one grant. The host seals `access_token`, `refresh_token` and
/// `plugin_data` at rest, and hands them back unchanged.
struct Credentials {
    Secret access_token;
    /// Seconds from the receipt of the answer; absent when the platform states none.
    std::optional<std::chrono::seconds> expires_in;
    Secret refresh_token;  ///< empty: there is none
    /// Seconds until the refresh token ends, where the platform says so.
    std::optional<std::chrono::seconds> refresh_token_expires_in;
    /// The access token is its own refresh credential (no refresh token exists at this platform).
    bool access_token_refreshes_itself = false;
    /// The platform refuses to refresh before this age.
    std::optional<std::chrono::seconds> earliest_refresh_after;
    std::vector<std::string> scopes;  ///< granted; empty when the platform did not say
    std::string token_type;           ///< as sent, usually "Bearer"
    /// The platform's stable id of the person who consented, where it differs from the identities
    /// found. Two accounts with the same subject share one grant.
    std::string subject;
    /// Whatever else the plugin needs next time, in a form of its own. Secret, sealed by the host.
    Secret plugin_data;

    bool refreshable() const noexcept {
        return !refresh_token.empty() || access_token_refreshes_itself;
    }
};

/// Which token a revocation ended.
enum class Revocation { Done = 1, AlreadyGone };

/// One thing that can be published to: a person, a page, a channel.
struct Identity {
    std::string id;            ///< stable at the platform; accounts are told apart by it alone
    std::string username;      ///< handle as people write it, with '@' where the platform does; may be empty
    std::string display_name;  ///< may be empty
    std::string avatar_url;    ///< may be empty, and may expire
    std::string profile_url;   ///< may be empty
    std::string kind;          ///< `personal`, `company`, `page`, `channel`, ...
    /// Credentials of its own, where the platform hands them out per target. Absent: those of the
    /// grant. A platform that rotates refresh tokens must give each identity its own, since two
    /// accounts cannot take turns on one single-use token.
    std::optional<Credentials> credentials;
};

}  // namespace postato::sdk
