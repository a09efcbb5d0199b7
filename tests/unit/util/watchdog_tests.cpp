#include "util/watchdog.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <vector>

using postato::Watchdog;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

struct Pair {
    std::array<int, 2> ends = make();
    ~Pair() {
        for (const int end : ends) ::close(end);
    }
    static std::array<int, 2> make() {
        std::array<int, 2> ends{};
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
        return ends;
    }
    /// Blocks until there is something to read; 0 at the end.
    ssize_t read() {
        char byte = 0;
        return ::recv(ends[0], &byte, 1, 0);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(watchdog_tests)

BOOST_AUTO_TEST_CASE(a_blocked_reader_wakes_at_the_deadline) {
    Watchdog watchdog;
    Pair pair;
    const auto began = steady_clock::now();
    const Watchdog::Guard guard(watchdog, pair.ends[0], began + milliseconds(50));
    BOOST_TEST(pair.read() == 0);
    BOOST_TEST((steady_clock::now() - began >= milliseconds(50)));
}

BOOST_AUTO_TEST_CASE(an_earlier_deadline_overtakes_a_later_one) {
    Watchdog watchdog;
    Pair late, early;
    const auto now = steady_clock::now();
    const Watchdog::Guard first(watchdog, late.ends[0], now + std::chrono::hours(1));
    const Watchdog::Guard second(watchdog, early.ends[0], now + milliseconds(10));
    BOOST_TEST(early.read() == 0);
    BOOST_REQUIRE(::send(late.ends[1], "x", 1, 0) == 1);
    BOOST_TEST(late.read() == 1);
}

BOOST_AUTO_TEST_CASE(many_deadlines_at_one_moment_are_all_kept) {
    Watchdog watchdog;
    std::array<Pair, 8> pairs;
    std::vector<std::unique_ptr<Watchdog::Guard>> guards;
    const auto moment = steady_clock::now() + milliseconds(20);
    for (auto& pair : pairs)
        guards.push_back(std::make_unique<Watchdog::Guard>(watchdog, pair.ends[0], moment));
    for (auto& pair : pairs) BOOST_TEST(pair.read() == 0);
}

BOOST_AUTO_TEST_CASE(a_released_socket_is_left_alone) {
    Watchdog watchdog;
    Pair released, other;
    const auto now = steady_clock::now();
    { const Watchdog::Guard guard(watchdog, released.ends[0], now + milliseconds(20)); }
    const Watchdog::Guard later(watchdog, other.ends[0], now + milliseconds(40));
    BOOST_TEST(other.read() == 0);  // both deadlines have passed
    BOOST_REQUIRE(::send(released.ends[1], "x", 1, 0) == 1);
    BOOST_TEST(released.read() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
