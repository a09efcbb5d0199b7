#include "crypto/hashing.hpp"

#include <boost/test/unit_test.hpp>

#include "util/encoding.hpp"

using namespace postato::crypto;

BOOST_AUTO_TEST_SUITE(hashing_tests)

// FIPS 180-4 examples.
BOOST_AUTO_TEST_CASE(sha256_is_the_published_one) {
    BOOST_TEST(sha256Hex("abc") ==
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    BOOST_TEST(sha256Hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    BOOST_TEST(postato::toHex(sha256("abc")) == sha256Hex("abc"));
}

// RFC 4231 test case 2.
BOOST_AUTO_TEST_CASE(hmac_is_the_published_one) {
    BOOST_TEST(postato::toHex(hmacSha256("Jefe", "what do ya want for nothing?")) ==
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

BOOST_AUTO_TEST_CASE(parts_cannot_flow_into_each_other) {
    BOOST_TEST(lengthPrefixed({"ab", "c"}) != lengthPrefixed({"a", "bc"}));
    BOOST_TEST(lengthPrefixed({"abc"}) != lengthPrefixed({"abc", ""}));
    BOOST_TEST(lengthPrefixed({"a", ""}) == std::string("\0\0\0\1a\0\0\0\0", 9));
}

BOOST_AUTO_TEST_SUITE_END()
