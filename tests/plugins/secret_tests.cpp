#include "postato/sdk/secret.hpp"

#include <boost/test/unit_test.hpp>
#include <utility>

using postato::sdk::Secret;

BOOST_AUTO_TEST_SUITE(secret_tests)

// A text of a few characters is in the object itself, so moving it copies it.
BOOST_AUTO_TEST_CASE(a_short_text_does_not_stay_where_it_was_moved_from) {
    std::string text = "canary";
    const auto* memory = text.data();
    Secret first(std::move(text));
    for (int i = 0; i < 6; ++i) BOOST_TEST(memory[i] == 0);
    memory = first.reveal().data();
    const Secret second(std::move(first));
    for (int i = 0; i < 6; ++i) BOOST_TEST(memory[i] == 0);
    BOOST_TEST(second.reveal() == "canary");
}

BOOST_AUTO_TEST_CASE(a_text_that_is_kept_elsewhere_stays_there) {
    const std::string text = "canary";
    BOOST_TEST(Secret(text).reveal() == text);
    BOOST_TEST(text == "canary");
}

BOOST_AUTO_TEST_SUITE_END()
