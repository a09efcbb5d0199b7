#include "accounts/claim_gate.hpp"

#include <boost/test/unit_test.hpp>

using namespace postato;
using namespace postato::accounts;
using namespace std::chrono_literals;

namespace {

struct Gate {
    FakeClock clock;
    ClaimGate gate{clock, 60s};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(claim_gate_tests)

BOOST_FIXTURE_TEST_CASE(is_closed_until_somebody_opens_it, Gate) {
    BOOST_TEST(!gate.isOpen());
    BOOST_TEST(!gate.hasOpened());
    BOOST_TEST((gate.longestNow() == 0ms));
    gate.open("one", false);
    BOOST_TEST(gate.isOpen());
    BOOST_TEST(gate.isOpenFor("one"));
    BOOST_TEST(!gate.isOpenFor("two"));
    gate.close();
    BOOST_TEST(!gate.isOpen());
    BOOST_TEST(!gate.isOpenFor("one"));
    BOOST_TEST(gate.hasOpened());
}

BOOST_FIXTURE_TEST_CASE(is_calm_when_the_others_had_their_time_and_somebody_looked_again, Gate) {
    gate.open("one", false);
    BOOST_TEST((gate.longestNow() == 0ms));
    clock.advance(6s);
    BOOST_TEST((gate.longestNow() == 60s));
    BOOST_TEST(!gate.wantsSecondLook());
    clock.advance(54s);
    BOOST_TEST(gate.wantsSecondLook());
    BOOST_TEST(!gate.isCalm());
    BOOST_TEST((gate.longestNow() == 600s));
    gate.lookedAgain();
    BOOST_TEST(!gate.wantsSecondLook());
    BOOST_TEST(gate.isCalm());
    BOOST_TEST((gate.longestNow() == std::chrono::milliseconds::max()));
}

BOOST_FIXTURE_TEST_CASE(begins_anew_with_another_database, Gate) {
    gate.open("one", false);
    clock.advance(60s);
    gate.lookedAgain();
    gate.close();
    clock.advance(20min);
    gate.open("two", false);
    BOOST_TEST(!gate.isCalm());
    BOOST_TEST((gate.longestNow() == 0ms));
    clock.advance(60s);
    BOOST_TEST(gate.wantsSecondLook());
}

BOOST_FIXTURE_TEST_CASE(is_calm_at_once_where_nothing_can_be_lost, Gate) {
    gate.open("one", true);
    BOOST_TEST(gate.isCalm());
    ClaimGate alone(clock, 0ms);
    alone.open("one", false);
    BOOST_TEST(alone.isCalm());
    BOOST_TEST(!alone.wantsSecondLook());
}

BOOST_AUTO_TEST_SUITE_END()
