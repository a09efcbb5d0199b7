#pragma once

/// \file
/// How secrets lie in the database.
///
///     'P' | version 1 | key id (4 bytes, big endian) | salt 32 | nonce 12 | ciphertext | tag 16 |
///     commitment 32                                                          as base64url text
///
/// From the data key and the salt, HKDF-SHA-256 (RFC 5869, info "postato/v1") derives the key of
/// this one message and a commitment. The derived key lifts the limit of 2^32 random nonces a key;
/// the commitment, compared before the key is used, rules out a text that opens under two keys,
/// which GCM alone allows. The associated data names the place and the generation, so a text that
/// was moved to another row, column, workspace or installation, or comes from an old backup, does
/// not open.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/data_keys.hpp"
#include "postato/sdk/secret.hpp"
#include "util/random.hpp"

namespace postato::crypto {

/// Where a sealed text belongs. Opening needs the very same values.
struct SealContext {
    std::string workspace;
    std::string table;
    std::string row;
    std::string column;
    std::int64_t generation = 0;  ///< 0 for rows that have none
};

/// Thread-safe.
class TokenCipher {
public:
    TokenCipher(std::string installation_id, const DataKeys& keys, Random& random)
        : installation_id_(std::move(installation_id)), keys_(keys), random_(random) {}

    /// What new texts are sealed under. For texts that belong together: taken once, so that all of
    /// them name the same key.
    DataKeys::Key activeKey() const { return keys_.active(); }
    /// Whether anything can be sealed now.
    bool seals() const { return keys_.activeId().has_value(); }
    /// The largest id of a key that is at hand; 0: there is none.
    std::uint32_t newestKey() const;
    std::string seal(const SealContext& context, const sdk::Secret& plain,
                     const UsableKey& key) const;
    std::string seal(const SealContext& context, const sdk::Secret& plain) const {
        return seal(context, plain, *activeKey());
    }

    /// Throws Error{DecryptFailed}, always with the same message, for whatever reason it does not
    /// open; the internal detail names the place. A key that is not known yet is asked for:
    /// Error{Unavailable} when it cannot be asked for now, or exists and is out of this process's
    /// reach. Then nothing is known about the text, and nothing may follow from it.
    sdk::Secret open(const SealContext& context, std::string_view sealed) const;

private:
    std::string associatedData(const SealContext& context, std::uint32_t key_id) const;

    std::string installation_id_;
    const DataKeys& keys_;
    Random& random_;
};

/// The key that a text names; nothing for what is no sealed text.
std::optional<std::uint32_t> keyIdOf(std::string_view sealed);

/// What every text sealed under the key begins with, and no other text.
std::string prefixOf(std::uint32_t key_id);
/// The other way round; nothing for what is no such beginning.
std::optional<std::uint32_t> keyIdOfPrefix(std::string_view prefix);

}  // namespace postato::crypto
