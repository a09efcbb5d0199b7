#pragma once

/// \file
/// AES-256-GCM (NIST SP 800-38D) over OpenSSL EVP. The formats built on it are key_ring.hpp and
/// token_cipher.hpp; nothing else should need it.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace postato::crypto::aead {

constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;

/// Ciphertext followed by the tag. `key` has 32 bytes and `nonce` 12; a pair of them must never
/// serve two texts.
std::string seal(std::string_view key, std::string_view nonce, std::string_view associated_data,
                 std::string_view plain);

/// The text, or nothing when key, nonce, associated data or a single bit differ. `sealed` is what
/// `seal` gave. The caller wipes the text.
std::optional<std::string> open(std::string_view key, std::string_view nonce,
                                std::string_view associated_data, std::string_view sealed);

}  // namespace postato::crypto::aead
