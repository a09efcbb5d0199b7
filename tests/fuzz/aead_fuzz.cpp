/// \file
/// AES-256-GCM: what was sealed opens, and nothing that differs in a single bit does.

#include <string>

#include "crypto/aead.hpp"
#include "fuzz.hpp"

namespace aead = postato::crypto::aead;
using postato::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::string key(32, 'k');
    static const std::string nonce(aead::kNonceSize, 'n');
    auto text = postato::fuzz::textOf(data, size);
    require(!aead::open(key, nonce, "place", text));

    const auto plain = text.substr(0, size / 2);
    const auto place = text.substr(size / 2);
    auto sealed = aead::seal(key, nonce, place, plain);
    require(sealed.size() == plain.size() + aead::kTagSize);
    require(aead::open(key, nonce, place, sealed) == std::string(plain));
    require(!aead::open(key, nonce, std::string(place) + "x", sealed));
    require(!aead::open(key, nonce, place, sealed.substr(1)));
    const std::size_t bit = (size == 0 ? 0u : data[0] * 257u) % (sealed.size() * 8);
    sealed[bit / 8] ^= static_cast<char>(1 << bit % 8);
    require(!aead::open(key, nonce, place, sealed));
    return 0;
}
