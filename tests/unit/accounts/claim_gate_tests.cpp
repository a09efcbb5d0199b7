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
    BOOST_TEST((gate.longestNow() == 0ms));
    gate.open();
    BOOST_TEST(gate.isOpen());
    gate.close();
    BOOST_TEST(!gate.isOpen());
}

BOOST_FIXTURE_TEST_CASE(an_outage_counts_for_nothing, Gate) {
    gate.open();
    clock.advance(5min);
    BOOST_TEST(gate.isCalm());
    gate.close();
    clock.advance(20min);
    gate.open();
    BOOST_TEST(!gate.isCalm());
    BOOST_TEST((gate.longestNow() == 0ms));
    clock.advance(6s);
    BOOST_TEST((gate.longestNow() == 60s));
    gate.open();  // it is
    BOOST_TEST((gate.longestNow() == 60s));
    clock.advance(54s);
    BOOST_TEST((gate.longestNow() == std::chrono::milliseconds::max()));
}

BOOST_FIXTURE_TEST_CASE(one_more_look_is_due_when_it_has_become_calm, Gate) {
    gate.open();
    BOOST_TEST(!gate.takeSecondLook());
    clock.advance(60s);
    BOOST_TEST(gate.takeSecondLook());
    BOOST_TEST(!gate.takeSecondLook());
    gate.close();
    gate.open();
    clock.advance(60s);
    BOOST_TEST(gate.takeSecondLook());
}

BOOST_AUTO_TEST_SUITE_END()
