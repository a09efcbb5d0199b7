#include "api/wrong_key_throttle.hpp"

#include <boost/test/unit_test.hpp>

using namespace postato;
using api::WrongKeyThrottle;

BOOST_AUTO_TEST_SUITE(wrong_key_throttle_tests)

BOOST_AUTO_TEST_CASE(too_many_wrong_keys_from_one_address_have_to_wait) {
    FakeClock clock;
    WrongKeyThrottle throttle(clock, 3);
    for (int i = 0; i < 3; ++i) BOOST_TEST(!throttle.wrong("192.0.2.1"));
    const auto wait = throttle.wrong("192.0.2.1");
    BOOST_REQUIRE(wait);
    BOOST_TEST(wait->count() == 60);
    BOOST_TEST(!throttle.wrong("192.0.2.2"));
    clock.advance(std::chrono::minutes(1));
    BOOST_TEST(!throttle.wrong("192.0.2.1"));
}

BOOST_AUTO_TEST_CASE(an_attack_from_very_many_addresses_keeps_being_counted) {
    FakeClock clock;
    WrongKeyThrottle throttle(clock, 1);
    for (int i = 0; i < 20'001; ++i) BOOST_TEST_REQUIRE(!throttle.wrong(std::to_string(i)));
    BOOST_TEST(throttle.wrong("20000").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
