#pragma once

/// \file
/// What a plugin answers with: a value, or an error whose kind says what the host does next.

#include <cassert>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace postato::sdk {

/// What went wrong at the platform, told apart by what has to happen next. Only `InvalidGrant` ever
/// ends an account; choose it only where the platform's words leave no doubt.
enum class ErrorKind {
    InvalidGrant = 1,   ///< The grant is dead: the person must consent again.
    Misconfigured,      ///< Our credentials or registration are wrong: the operator must act.
    Transient,          ///< Nothing changed at the platform: the same call may succeed later.
    RateLimited,        ///< As Transient; `retry_after` says when, if the platform did.
    TooEarly,           ///< The platform does not refresh this credential yet.
    Ambiguous,          ///< The request left, no complete answer came: the platform may have acted.
    ScopeMissing,       ///< The call needs a scope that the person did not grant.
    AccountSuspended,   ///< The platform says in so many words that it suspended the account.
    NoPublishableAccount,  ///< Consent worked, but there is nothing to publish to (no channel, no page).
    Unsupported,        ///< The platform has no such operation.
    Protocol            ///< The answer made no sense, or is an unknown refusal.
};

/// Why a grant is dead, where the platform tells.
enum class GrantEnd { Unknown = 1, UserRevoked, RefreshTokenExpired, AccountSuspended };

/// An error of a plugin call. Every field may be logged and shown to an administrator, so none may
/// hold a token, code, verifier, secret or a piece of the platform's answer that could repeat one.
struct PlatformError {
    ErrorKind kind = ErrorKind::Protocol;
    /// For an administrator: what failed and what to do. Written by the plugin, never copied from
    /// the answer.
    std::string message;
    /// A short diagnostic of [A-Za-z0-9_./:-] such as `invalid_grant` or `190/458`; see `safeCode`.
    std::string code;
    /// How long the platform asked us to wait.
    std::optional<std::chrono::seconds> retry_after;
    /// Meaningful with InvalidGrant.
    GrantEnd grant_end = GrantEnd::Unknown;
};

/// Cuts text from an answer down to what may stand in `PlatformError::code`: at most 64 characters,
/// others become '_'. A token pasted into an error field would still pass, so give it only fields
/// that are codes by contract.
inline std::string safeCode(const std::string& text) {
    std::string code = text.substr(0, 64);
    for (char& c : code) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '/' || c == ':' ||
                           c == '-';
        if (!plain) c = '_';
    }
    return code;
}

/// A `T` or a `PlatformError`. Asking for the part that is not there is a bug and asserts.
template <class T>
class Result {
public:
    Result(T value) : state_(std::move(value)) {}                // NOLINT: implicit by design
    Result(PlatformError error) : state_(std::move(error)) {}    // NOLINT: implicit by design

    bool ok() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return ok(); }

    const T& value() const {
        assert(ok());
        return std::get<0>(state_);
    }
    T& value() {
        assert(ok());
        return std::get<0>(state_);
    }
    const PlatformError& error() const {
        assert(!ok());
        return std::get<1>(state_);
    }

private:
    std::variant<T, PlatformError> state_;
};

}  // namespace postato::sdk
