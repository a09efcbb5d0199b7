#pragma once

/// \file
/// People: passwords, one-time links, dashboard sessions.

#include <optional>
#include <string>
#include <vector>

#include "audit/audit_trail.hpp"
#include "crypto/password.hpp"
#include "persistence/database.hpp"
#include "persistence/identity_repository.hpp"
#include "postato/sdk/secret.hpp"
#include "util/random.hpp"

namespace postato::accounts {

struct NewSession {
    sdk::Secret token;  ///< the cookie's value
    TimePoint expires_at;
    persistence::User user;
};

struct SessionPolicy {
    std::chrono::milliseconds idle{std::chrono::hours(12)};
    std::chrono::milliseconds absolute{std::chrono::hours(24 * 7)};
    std::chrono::milliseconds link_lifetime{std::chrono::minutes(15)};
    std::int64_t attempts_per_window = 10;  ///< per address, and per e-mail
    std::chrono::milliseconds window{std::chrono::minutes(15)};
};

/// Thread-safe.
class SignInService {
public:
    SignInService(persistence::Database& database, Random& random, SessionPolicy policy);

    /// Throws Error{Unauthenticated}, the same for an unknown person and a wrong password and after
    /// the same work, or Error{RateLimited}.
    NewSession withPassword(const std::string& email, const sdk::Secret& password,
                            const std::string& client_network);
    /// Throws Error{Unauthenticated} for an unknown, used or expired link, or Error{RateLimited}.
    NewSession withLink(const std::string& secret, const std::string& client_network);

    struct Current {
        persistence::User user;
        std::string session_hash;
    };
    /// The person of a session cookie; nothing when it is unknown, idle too long or over. One
    /// query.
    std::optional<Current> current(const std::string& session_token);
    void signOut(const Current& who, const std::string& origin);

    /// The token that unsafe requests of this session carry in `X-CSRF-Token`; derived, not stored.
    static std::string csrfToken(const std::string& session_token);

    /// Sets a first password or changes it (then `current_password` must be right). Ends every
    /// other session of the person and renews this one: the returned session replaces it. Throws
    /// Error{InvalidArgument} with the field at fault.
    NewSession setPassword(const Current& who, const std::string& origin,
                           const std::optional<sdk::Secret>& current_password,
                           const sdk::Secret& new_password);

    /// For the command line: the secret of a link.
    sdk::Secret makeLink(const UserId& user, const audit::Actor& actor);
    struct Membership {
        WorkspaceId workspace;
        std::string role;
    };
    /// With the membership, if there is one, or not at all.
    persistence::User createUser(const std::string& email, const std::string& tenant_role,
                                 const audit::Actor& actor,
                                 const std::optional<Membership>& membership = std::nullopt);
    /// For the command line: sets a password without the old one; ends every session.
    void resetPassword(const UserId& user, const sdk::Secret& password, const audit::Actor& actor);

private:
    /// Somebody was not let in. Throws Error{Unavailable} when that cannot be recorded.
    void recordRefusal(const char* how, const std::string& whom, const std::string& origin);
    NewSession open(persistence::Transaction& tx, const persistence::User& user);
    /// Counts an attempt for each subject. Throws Error{RateLimited} when one has had too many.
    void throttle(const std::vector<std::string>& subjects);

    persistence::Database& database_;
    Random& random_;
    SessionPolicy policy_;
    crypto::PasswordHasher hasher_;
};

}  // namespace postato::accounts
