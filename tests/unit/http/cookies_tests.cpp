#include "http/cookies.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <string>

#include "util/error.hpp"

using namespace postato::http;

BOOST_AUTO_TEST_SUITE(cookies_tests)

const std::string kNeighbours[] = {"",      "a",          "=1",    "a=1;",        "a=1;;",
                                   "a b=1", "a=1, b=2",   "a=\"1", "a={\"b\":1}", "a=1\\2",
                                   "a=b c", "a=\xc3\xa9", "; a=1"};

BOOST_DATA_TEST_CASE(an_odd_neighbour_hides_nobody, kNeighbours, neighbour) {
    for (const auto& header :
         {neighbour + "; __Host-session=good", "__Host-session=good; " + neighbour,
          neighbour + ";__Host-session=good", neighbour + "; __Host-session=good; " + neighbour})
        BOOST_TEST(cookie(&header, "session").value_or("nobody") == "good", header);
    BOOST_TEST(!cookie(&neighbour, "session").has_value());
}

BOOST_AUTO_TEST_CASE(many_neighbours_hide_nobody) {
    std::string header;
    for (int i = 0; i < 300; ++i) header += "c" + std::to_string(i) + "=0; ";
    header += "__Host-session=good";
    BOOST_TEST(cookie(&header, "session").value() == "good");
}

const std::string kUnusable[] = {
    "__Host-session",          "__Host-session=",     "__Host-session=a b",
    "__Host-session=\"a\"",    "__Host-session=a\\b", "__Host-session=a; __Host-session",
    "__Host-session=\xc3\xa9", "__host-session=a"};

BOOST_DATA_TEST_CASE(a_value_that_is_not_ours_names_nobody, kUnusable, header) {
    BOOST_TEST(!cookie(&header, "session").has_value());
}

BOOST_AUTO_TEST_CASE(only_the_host_prefixed_name_counts) {
    const std::string header = "session=evil; __Host-session=good";
    BOOST_TEST(cookie(&header, "session").value() == "good");
    const std::string unprefixed = "session=evil";
    BOOST_TEST(!cookie(&unprefixed, "session").has_value());
    BOOST_TEST(!cookie(nullptr, "session").has_value());
}

BOOST_AUTO_TEST_CASE(a_cookie_sent_twice_is_nobody) {
    const std::string header = "__Host-session=a; __Host-session=b";
    BOOST_TEST(!cookie(&header, "session").has_value());
}

BOOST_AUTO_TEST_CASE(set_cookie_carries_every_protection) {
    BOOST_TEST(setCookie("session", "abc", std::chrono::hours(1)) ==
               "__Host-session=abc; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax");
    BOOST_TEST(clearCookie("session") ==
               "__Host-session=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax");
}

BOOST_AUTO_TEST_CASE(a_cookie_cannot_carry_attributes_of_its_own) {
    BOOST_CHECK_THROW(setCookie("s", "a; Domain=evil", std::chrono::seconds(1)), postato::Error);
    BOOST_CHECK_THROW(setCookie("s", "a\r\nX: y", std::chrono::seconds(1)), postato::Error);
    BOOST_CHECK_THROW(setCookie("s=t", "a", std::chrono::seconds(1)), postato::Error);
}

BOOST_AUTO_TEST_SUITE_END()
