#include "http/cookies.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <string>

#include "util/error.hpp"

using namespace postato::http;

BOOST_AUTO_TEST_SUITE(cookies_tests)

BOOST_AUTO_TEST_CASE(pairs_keep_their_order) {
    const auto pairs = parseCookies("a=1; b=\"two\"; c=");
    BOOST_REQUIRE(pairs.has_value());
    const CookiePairs expected = {{"a", "1"}, {"b", "two"}, {"c", ""}};
    BOOST_CHECK(*pairs == expected);
}

const std::string kMalformed[] = {"",          "a",     "=1",         "a=1;b=2", "a=1; ",
                                  "a=1;  b=2", "a b=1", "a=1, b=2",   "a=\"1",   "a=1\\",
                                  "a=1; b",    "a=b c", "a=\xc3\xa9", "a=1;",    "; a=1"};

BOOST_DATA_TEST_CASE(anything_malformed_names_nobody, kMalformed, header) {
    BOOST_TEST(!parseCookies(header).has_value());
}

BOOST_AUTO_TEST_CASE(the_number_of_pairs_is_limited) {
    std::string header = "c=0";
    for (int i = 1; i < 64; ++i) header += "; c=0";
    BOOST_TEST(parseCookies(header).has_value());
    BOOST_TEST(!parseCookies(header + "; c=0").has_value());
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
