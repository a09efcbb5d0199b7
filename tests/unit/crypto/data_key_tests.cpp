#include "crypto/data_key.hpp"

#include <boost/test/unit_test.hpp>

#include "counting_random.hpp"
#include "crypto/system_random.hpp"
#include "util/encoding.hpp"
#include "util/error.hpp"

using namespace postato;
using namespace postato::crypto;

namespace {

KeyRing makeRing(const std::string& id, char fill) {
    return KeyRing::parse(R"({"version":1,"id":")" + id +
                          R"(","active":"a","keys":[{"id":"a","key":")" +
                          toBase64Url(std::string(32, fill)) + R"("}]})");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(data_key_tests)

BOOST_AUTO_TEST_CASE(a_data_key_is_random_and_comes_back) {
    SystemRandom random;
    const auto ring = makeRing("ring_1", 'A');
    const auto one = createDataKey(ring, ring.activeKeyId(), "ins", 1, random);
    const auto two = createDataKey(ring, ring.activeKeyId(), "ins", 2, random);
    BOOST_TEST(one.id == 1u);
    BOOST_TEST(unwrapDataKey(ring, "ins", one).view() == unwrapDataKey(ring, "ins", one).view());
    BOOST_TEST(unwrapDataKey(ring, "ins", one).view() != unwrapDataKey(ring, "ins", two).view());
}

BOOST_AUTO_TEST_CASE(a_foreign_ring_is_told_so) {
    SystemRandom random;
    const auto ring = makeRing("ring_1", 'A');
    const auto key = createDataKey(ring, ring.activeKeyId(), "ins", 1, random);
    BOOST_CHECK_EXCEPTION(
        unwrapDataKey(makeRing("ring_2", 'B'), "ins", key), Error, [](const Error& error) {
            return error.code() == ErrorCode::DecryptFailed &&
                   error.message().find("ring_2 does not open data key 1") != std::string::npos;
        });
}

BOOST_AUTO_TEST_CASE(only_32_bytes_are_a_key) {
    BOOST_CHECK_THROW(KeyBytes::copyOf(""), Error);
    BOOST_CHECK_THROW(KeyBytes::copyOf(std::string(31, 'x')), Error);
    BOOST_CHECK_THROW(KeyBytes::copyOf(std::string(33, 'x')), Error);
    BOOST_TEST(KeyBytes::copyOf(std::string(32, 'x')).view() == std::string(32, 'x'));
}

BOOST_AUTO_TEST_SUITE_END()
