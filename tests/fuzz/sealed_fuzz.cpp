/// \file
/// Text as a sealed secret, a wrapped key and a key ring: it opens only when it is what was sealed,
/// and otherwise always fails in the same words.

#include <map>
#include <string>

#include "crypto/key_ring.hpp"
#include "crypto/token_cipher.hpp"
#include "fuzz.hpp"
#include "support/test_random.hpp"
#include "util/encoding.hpp"
#include "util/error.hpp"

using namespace postato;

namespace {

struct Fixture {
    postato::testing::TestRandom random;
    crypto::SealContext place{"wks", "table", "row", "column", 7};
    crypto::TokenCipher cipher;
    std::string sealed;

    Fixture() : cipher("installation", keys(), 1, random) {
        sealed = cipher.seal(place, sdk::Secret("a secret"));
    }

    static std::map<std::uint32_t, crypto::DataKey> keys() {
        std::map<std::uint32_t, crypto::DataKey> keys;
        keys.emplace(1, crypto::DataKey::copyOf(std::string(crypto::kKeySize, 'k')));
        return keys;
    }
};

void checkOpen(const Fixture& fixture, std::string_view text) {
    try {
        fixture.cipher.open(fixture.place, text);
        fuzz::require(text == fixture.sealed);
    } catch (const Error& error) {
        static const std::string words = error.message();
        fuzz::require(error.code() == ErrorCode::DecryptFailed && error.message() == words);
    }
}

/// The sealed text with the input's bytes laid over it: close to what opens, and not it.
std::string nearlySealed(const Fixture& fixture, std::string_view bytes) {
    auto blob = *fromBase64Url(fixture.sealed);
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
        blob[static_cast<unsigned char>(bytes[i]) % blob.size()] ^= bytes[i + 1];
    return toBase64Url(blob);
}

void checkRing(std::string_view text) {
    try {
        const auto ring = crypto::KeyRing::parse(text);
        fuzz::require(!ring.activeKeyId().empty());
        ring.unwrap("installation", 1, text);
    } catch (const Error& error) {
        fuzz::require(error.code() == ErrorCode::InvalidArgument);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Fixture fixture;
    const auto text = fuzz::textOf(data, size);
    checkOpen(fixture, text);
    checkOpen(fixture, nearlySealed(fixture, text));
    checkRing(text);
    return 0;
}
