#pragma once

/// \file
/// Passwords of dashboard users: Argon2id by libsodium.

#include <cstddef>
#include <optional>
#include <semaphore>
#include <string>

#include "postato/sdk/secret.hpp"

namespace postato::crypto {

/// 64 MiB and three passes a hash. At most two run at once, the others wait: a storm of sign-ins
/// must take neither the memory nor both cores from everybody else. Thread-safe.
class PasswordHasher {
public:
    PasswordHasher();

    /// The text to store ("$argon2id$..."); every call salts anew.
    std::string hash(const sdk::Secret& password);

    /// Whether the password belongs to `stored`. Without a stored hash (no such user, or one
    /// without a password) it works just as long against a hash nobody knows the password of, and
    /// says no.
    bool verify(const std::optional<std::string>& stored, const sdk::Secret& password);

    /// The stored hash was made with other costs than today's: hash again at the next sign-in.
    static bool needsRehash(const std::string& stored);

private:
    std::counting_semaphore<> slots_;
    std::string nobodys_hash_;
};

}  // namespace postato::crypto
