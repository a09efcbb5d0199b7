/// \file
/// A key ring's file and the wrapped keys it opens: a ring that is read can do its work, and one
/// that is not is refused without repeating what it holds.

#include <string>

#include "crypto/data_key.hpp"
#include "crypto/key_ring.hpp"
#include "fuzz.hpp"
#include "support/test_random.hpp"
#include "util/error.hpp"

using namespace postato;
using fuzz::require;

namespace {

constexpr std::string_view kRing =
    R"({"version":1,"id":"ring","active":"k1","keys":[{"id":"k1",)"
    R"("key":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","createdAt":"2026-01-01T00:00:00Z"}]})";

bool sameBytes(const crypto::KeyBytes& a, const crypto::KeyBytes& b) {
    return a.view() == b.view();
}

void checkRing(std::string_view text) {
    postato::testing::TestRandom random;
    try {
        const auto ring = crypto::KeyRing::parse(text);
        require(!ring.id().empty() && !ring.activeKeyId().empty());
        const auto key = crypto::KeyBytes::random(random);
        const auto wrapped = ring.wrap("here", 7, key, random);
        const auto back = ring.unwrap("here", 7, wrapped);
        require(back && sameBytes(*back, key));
        require(!ring.unwrap("elsewhere", 7, wrapped) && !ring.unwrap("here", 8, wrapped));
    } catch (const Error& error) {
        require(error.code() == ErrorCode::InvalidArgument);
        require(error.message().starts_with("The key ring ") && error.message().size() < 100);
        require(text.size() < 100 || error.message().find(text) == std::string::npos);
    }
}

/// Close to a wrapped key, and not it.
void checkWrapped(std::string_view text) {
    static postato::testing::TestRandom random;
    static const auto ring = crypto::KeyRing::parse(kRing);
    static const auto key = crypto::KeyBytes::random(random);
    static const auto wrapped = ring.wrap("here", 7, key, random);
    require(ring.unwrap("here", 7, text).has_value() == (text == wrapped));
    if (text.empty()) return;
    auto near = wrapped;
    near.replace(static_cast<unsigned char>(text[0]) % near.size(), 1, text.substr(0, 1));
    require(ring.unwrap("here", 7, near).has_value() == (near == wrapped));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::textOf(data, size);
    checkRing(text);
    checkWrapped(text);
    return 0;
}
