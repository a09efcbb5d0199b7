#include "crypto/system_random.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

BOOST_AUTO_TEST_SUITE(system_random_tests)

BOOST_AUTO_TEST_CASE(bytes_are_as_many_as_asked_and_do_not_repeat) {
    postato::crypto::SystemRandom random;
    BOOST_TEST(random.bytes(0).empty());
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const auto bytes = random.bytes(16);
        BOOST_TEST(bytes.size() == 16u);
        seen.insert(bytes);
    }
    BOOST_TEST(seen.size() == 1000u);
}

BOOST_AUTO_TEST_SUITE_END()
