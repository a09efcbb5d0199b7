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

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "crypto/data_key.hpp"
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
    /// `keys` by id must hold `active_key_id`, which seals; all of them open.
    TokenCipher(std::string installation_id, std::map<std::uint32_t, DataKey> keys,
                std::uint32_t active_key_id, Random& random);

    std::string seal(const SealContext& context, const sdk::Secret& plain) const;

    /// Throws Error{DecryptFailed}, always with the same message, for whatever reason it does not
    /// open; the internal detail names the place.
    sdk::Secret open(const SealContext& context, std::string_view sealed) const;

    std::uint32_t activeKeyId() const noexcept { return active_key_id_; }
    /// Texts sealed since the start, for the key's usage count (CRY-03).
    std::uint64_t seals() const noexcept { return seals_.load(std::memory_order_relaxed); }

private:
    std::string associatedData(const SealContext& context, std::uint32_t key_id) const;

    std::string installation_id_;
    std::map<std::uint32_t, DataKey> keys_;
    std::uint32_t active_key_id_;
    Random& random_;
    mutable std::atomic<std::uint64_t> seals_{0};
};

}  // namespace postato::crypto
