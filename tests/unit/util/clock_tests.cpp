#include "util/clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace postato;

BOOST_AUTO_TEST_SUITE(clock_tests)

BOOST_AUTO_TEST_CASE(times_are_written_in_utc_with_milliseconds) {
    BOOST_TEST(toIso8601(fromMillis(0)) == "1970-01-01T00:00:00.000Z");
    BOOST_TEST(toIso8601(fromMillis(1'772'442'000'007)) == "2026-03-02T09:00:00.007Z");
    BOOST_TEST(toIso8601(fromMillis(951'782'400'000)) == "2000-02-29T00:00:00.000Z");
    BOOST_TEST(toIso8601(fromMillis(253'402'300'799'999)) == "9999-12-31T23:59:59.999Z");
}

BOOST_AUTO_TEST_CASE(times_before_1970_do_not_round_up) {
    BOOST_TEST(toIso8601(fromMillis(-1)) == "1969-12-31T23:59:59.999Z");
    BOOST_TEST(toIso8601(fromMillis(-1000)) == "1969-12-31T23:59:59.000Z");
}

BOOST_AUTO_TEST_CASE(a_fake_clock_moves_only_when_told) {
    FakeClock clock(1000);
    BOOST_TEST(toMillis(clock.now()) == 1000);
    clock.advance(Milliseconds(250));
    BOOST_TEST(toMillis(clock.now()) == 1250);
}

BOOST_AUTO_TEST_SUITE_END()
