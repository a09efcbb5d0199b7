#include "net/resolver.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

using postato::net::SystemResolver;
using std::chrono::steady_clock;

BOOST_AUTO_TEST_SUITE(resolver_tests)

// Only names that need no name server.
BOOST_AUTO_TEST_CASE(the_local_name_has_a_loopback_address) {
    SystemResolver resolver;
    const auto found = resolver.resolve("localhost", steady_clock::now() + std::chrono::seconds(5));
    BOOST_REQUIRE(!found.empty());
    for (const auto& address : found) BOOST_TEST((address == "127.0.0.1" || address == "::1"));
}

BOOST_AUTO_TEST_CASE(more_look_ups_than_slots_are_all_served) {
    SystemResolver resolver;
    for (int i = 0; i < 3 * SystemResolver::kAtOnce; ++i)
        BOOST_TEST(
            !resolver.resolve("127.0.0.1", steady_clock::now() + std::chrono::seconds(5)).empty());
}

BOOST_AUTO_TEST_CASE(no_time_is_no_answer) {
    SystemResolver resolver;
    BOOST_TEST(
        resolver.resolve("localhost", steady_clock::now() - std::chrono::seconds(1)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
