#include "platforms/call_lane.hpp"

#include <boost/test/unit_test.hpp>

using namespace postato::platforms;
using namespace std::chrono_literals;

namespace postato::platforms::testing {

/// A lane of two slots whose time stands still.
struct Lane {
    std::chrono::steady_clock::time_point now{};
    CallLane lane{{.slots = 2, .wait = 0ms, .hang_limit = 100ms}, [this] { return now; }};
};

}  // namespace postato::platforms::testing

using postato::platforms::testing::Lane;

BOOST_AUTO_TEST_SUITE(call_lane_tests)

BOOST_AUTO_TEST_CASE(a_full_lane_turns_away_until_somebody_leaves) {
    Lane at;
    std::optional<CallLane::Slot> first = at.lane.enter();
    const auto second = at.lane.enter();
    BOOST_TEST((first.has_value() && second.has_value()));
    BOOST_TEST(!at.lane.enter().has_value());
    BOOST_TEST(!at.lane.suspended());
    first.reset();
    BOOST_TEST(at.lane.enter().has_value());
}

BOOST_AUTO_TEST_CASE(a_lane_is_suspended_while_every_slot_hangs) {
    Lane at;
    std::optional<CallLane::Slot> first = at.lane.enter();
    at.now += 90ms;
    const auto second = at.lane.enter();
    at.now += 90ms;
    BOOST_TEST(!at.lane.suspended());  // the younger one may still come back
    at.now += 11ms;
    BOOST_TEST(at.lane.suspended());
    BOOST_TEST(!at.lane.enter().has_value());
    first.reset();
    BOOST_TEST(!at.lane.suspended());
    BOOST_TEST(at.lane.enter().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
