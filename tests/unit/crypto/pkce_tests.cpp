#include "crypto/pkce.hpp"

#include <boost/test/unit_test.hpp>

#include "crypto/system_random.hpp"
#include "util/encoding.hpp"

using namespace postato;

BOOST_AUTO_TEST_SUITE(pkce_tests)

BOOST_AUTO_TEST_CASE(a_verifier_is_32_fresh_bytes) {
    crypto::SystemRandom random;
    const auto one = crypto::makeCodeVerifier(random);
    const auto other = crypto::makeCodeVerifier(random);
    BOOST_TEST(one.size() == 43u);
    BOOST_REQUIRE(fromBase64Url(one.reveal()).has_value());
    BOOST_TEST(fromBase64Url(one.reveal())->size() == 32u);
    BOOST_TEST(one.reveal() != other.reveal());
}

// RFC 7636 appendix B.
BOOST_AUTO_TEST_CASE(challenges_are_those_of_the_rfc) {
    const sdk::Secret verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    BOOST_TEST(crypto::codeChallenge(sdk::PkceMethod::S256, verifier) ==
               "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    BOOST_TEST(crypto::codeChallenge(sdk::PkceMethod::S256Hex, verifier) ==
               "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3");
    BOOST_TEST(crypto::codeChallenge(sdk::PkceMethod::None, verifier).empty());
}

BOOST_AUTO_TEST_SUITE_END()
