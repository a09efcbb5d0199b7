#pragma once

/// \file
/// The key ring: the keys that never enter the database. They wrap the data keys stored there
/// (data_key.hpp), and those seal the tokens (token_cipher.hpp). docs/adr/0004 has the reasons.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/key_bytes.hpp"
#include "util/clock.hpp"
#include "util/random.hpp"

namespace postato::crypto {

/// Reading it is thread-safe. Every failure to load is an Error{InvalidArgument} whose message is
/// one sentence for the operator and never repeats what the file holds.
class KeyRing {
public:
    /// A new ring with one random key.
    static KeyRing make(TimePoint now, Random& random);

    /// Reads the file after checking that only its owner, the user we run as, can read or change
    /// it: a regular file, not a symbolic link, no bits for group or others, in a directory that
    /// nobody else can write to (sticky directories excepted).
    static KeyRing load(const std::filesystem::path& file);

    /// `{"version":1, "id", "active", "keys":[{"id", "key", "createdAt"}]}`; `key` is base64url of
    /// 32 bytes, `active` names the key that wraps the first data key, and those that are wrapped
    /// anew.
    static KeyRing parse(std::string_view json);

    /// Told apart by it: the ring of another installation has another id.
    const std::string& id() const noexcept { return id_; }
    const std::string& activeKeyId() const noexcept { return active_; }
    /// In the order they were added.
    std::vector<std::string> keyIds() const;
    bool holds(std::string_view key_id) const { return find(key_id) != nullptr; }

    /// Wraps a data key under the active key: "<key id>.<base64url of nonce, ciphertext, tag>",
    /// bound to `installation_id` and `data_key_id`.
    std::string wrap(std::string_view installation_id, std::uint32_t data_key_id,
                     const KeyBytes& data_key, Random& random) const;
    /// The same under `key_id`, which must be in the ring.
    std::string wrapUnder(std::string_view key_id, std::string_view installation_id,
                          std::uint32_t data_key_id, const KeyBytes& data_key,
                          Random& random) const;

    /// Nothing when this ring does not hold the key, or the wrapped text was altered or belongs to
    /// another installation or data key.
    std::optional<KeyBytes> unwrap(std::string_view installation_id, std::uint32_t data_key_id,
                                   std::string_view wrapped) const;

    /// The key of a ring that a text of `wrap` names; empty for any other text.
    static std::string_view wrappingKeyOf(std::string_view wrapped);

    /// Adds a random key, which wraps nothing until it is activated; its id.
    std::string addKey(TimePoint now, Random& random);
    /// `key_id` must be in the ring.
    void activate(std::string_view key_id);
    /// The active key cannot be removed.
    void removeKey(std::string_view key_id);

    /// What `parse` reads. Whoever gets it wipes it.
    std::string document() const;

private:
    struct Entry {
        std::string id;
        KeyBytes key;
        std::string created_at;
    };

    KeyRing() = default;
    const Entry* find(std::string_view key_id) const;

    std::string id_;
    std::string active_;
    std::vector<Entry> keys_;
};

/// Writes a ring to a new file: mode 0600, on disk when this returns. Never overwrites, so no
/// typing error can destroy keys that rows are sealed under.
void createKeyRingFile(const std::filesystem::path& file, const KeyRing& ring);

}  // namespace postato::crypto
