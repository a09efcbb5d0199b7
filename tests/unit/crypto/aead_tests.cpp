#include "crypto/aead.hpp"

#include <boost/test/unit_test.hpp>

#include "util/encoding.hpp"

namespace aead = postato::crypto::aead;
using postato::fromHex;

namespace {

const std::string kKey(32, 'k');
const std::string kNonce(12, 'n');

}  // namespace

BOOST_AUTO_TEST_SUITE(aead_tests)

// "The Galois/Counter Mode of Operation", test case 16: 256-bit key, 20 bytes of associated data.
BOOST_AUTO_TEST_CASE(it_is_the_published_gcm) {
    const auto key = *fromHex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
    const auto nonce = *fromHex("cafebabefacedbaddecaf888");
    const auto associated = *fromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    const auto plain = *fromHex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
    const auto sealed = aead::seal(key, nonce, associated, plain);
    BOOST_TEST(postato::toHex(sealed) ==
               "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
               "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
               "76fc6ece0f4e1768cddf8853bb2d551b");
    BOOST_TEST((aead::open(key, nonce, associated, sealed) == plain));
}

BOOST_AUTO_TEST_CASE(any_other_bit_opens_nothing) {
    const auto sealed = aead::seal(kKey, kNonce, "place", "text");
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        auto altered = sealed;
        altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << bit % 8));
        BOOST_TEST(!aead::open(kKey, kNonce, "place", altered).has_value());
    }
    BOOST_TEST(!aead::open(kKey, kNonce, "other", sealed).has_value());
    BOOST_TEST(!aead::open(std::string(32, 'K'), kNonce, "place", sealed).has_value());
    BOOST_TEST(!aead::open(kKey, std::string(12, 'N'), "place", sealed).has_value());
}

BOOST_AUTO_TEST_CASE(a_cut_text_opens_nothing) {
    const auto sealed = aead::seal(kKey, kNonce, "place", "text");
    for (std::size_t size = 0; size < sealed.size(); ++size)
        BOOST_TEST(!aead::open(kKey, kNonce, "place", sealed.substr(0, size)).has_value());
}

BOOST_AUTO_TEST_CASE(nothing_can_be_sealed_too) {
    const auto sealed = aead::seal(kKey, kNonce, "", "");
    BOOST_TEST(sealed.size() == aead::kTagSize);
    BOOST_TEST((aead::open(kKey, kNonce, "", sealed) == std::string()));
}

BOOST_AUTO_TEST_SUITE_END()
