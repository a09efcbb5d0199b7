#pragma once

/// \file
/// Who sent a request: an API key from `Authorization: Bearer`, or a person by the session cookie.

#include <optional>
#include <string>

#include "api/principal.hpp"
#include "api/route.hpp"
#include "api/wrong_key_throttle.hpp"
#include "http/message.hpp"

namespace postato::api {

/// The session's cookie, without its `__Host-`.
inline constexpr std::string_view kSessionCookie = "postato_session";

/// Thread-safe.
class Authenticator {
public:
    explicit Authenticator(Services& services);

    /// Throws Error{Unauthenticated} when the row needs a caller and there is none (unknown,
    /// revoked, expired and malformed keys look alike, and a malformed one costs no query),
    /// Error{RateLimited} after too many wrong keys from one address, and Error{PermissionDenied}
    /// for an API key where only people may go.
    Principal authenticate(Access access, const http::Request& request);

private:
    Principal byKey(const std::string& authorization, const http::Request& request);
    std::optional<Principal> bySession(const http::Request& request);

    Services& services_;
    WrongKeyThrottle throttle_;
};

}  // namespace postato::api
