/// \file
/// Text as a sealed secret: it opens only when it is what was sealed, and in that place; otherwise
/// it always fails in the same words.

#include <string>

#include "crypto/token_cipher.hpp"
#include "fuzz.hpp"
#include "support/data_keys.hpp"
#include "support/test_random.hpp"
#include "util/encoding.hpp"
#include "util/error.hpp"

using namespace postato;
using fuzz::require;

namespace {

struct Fixture {
    postato::testing::TestRandom random;
    crypto::SealContext place{"wks", "table", "row", "column", 7};
    postato::testing::TestDataKeys keys{{1, 'k'}};
    crypto::TokenCipher cipher{"installation", keys, random};
    std::string sealed = cipher.seal(place, sdk::Secret("a secret"));
};

bool opens(const Fixture& fixture, const crypto::SealContext& place, std::string_view text) {
    try {
        fixture.cipher.open(place, text);
        return true;
    } catch (const Error& error) {
        require(error.code() == ErrorCode::DecryptFailed);
        require(error.message() == "A stored secret does not open");
        require(error.detail() == "table.column of row, generation 7");  // and nothing of the text
        return false;
    }
}

/// The sealed text with the input's bytes laid over it: close to what opens, and not it.
std::string nearlySealed(const Fixture& fixture, std::string_view bytes) {
    auto blob = *fromBase64Url(fixture.sealed);
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
        blob[static_cast<unsigned char>(bytes[i]) % blob.size()] ^= bytes[i + 1];
    return toBase64Url(blob);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Fixture fixture;
    const auto text = fuzz::textOf(data, size);
    require(opens(fixture, fixture.place, text) == (text == fixture.sealed));
    const auto near = nearlySealed(fixture, text);
    require(opens(fixture, fixture.place, near) == (near == fixture.sealed));
    require(!opens(fixture, fixture.place, fixture.sealed.substr(0, size % fixture.sealed.size())));

    const crypto::SealContext elsewhere{std::string(text), "table", "row", "column", 7};
    require(opens(fixture, elsewhere, fixture.sealed) == (text == fixture.place.workspace));
    const auto sealed = fixture.cipher.seal(elsewhere, sdk::Secret(std::string(text)));
    require(fixture.cipher.open(elsewhere, sealed).reveal() == text);
    return 0;
}
