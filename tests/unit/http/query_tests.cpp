#include "http/query.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <string>

#include "util/error.hpp"

using postato::Error;
using postato::http::QueryParameters;

BOOST_AUTO_TEST_SUITE(query_tests)

BOOST_AUTO_TEST_CASE(pairs_are_decoded_once_and_in_order) {
    const auto parameters = QueryParameters::parse("a=1&b=x+y&c=%252F&d&&e=%C3%A9");
    BOOST_REQUIRE(parameters.has_value());
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"a", "1"}, {"b", "x y"}, {"c", "%2F"}, {"d", ""}, {"e", "\xc3\xa9"}};
    BOOST_CHECK(parameters->all() == expected);
}

BOOST_AUTO_TEST_CASE(nothing_is_no_parameters) {
    BOOST_REQUIRE(QueryParameters::parse("").has_value());
    BOOST_TEST(QueryParameters::parse("")->all().empty());
}

const std::string kMalformed[] = {"a=%",      "a=%4", "a=%zz",     "%=1",           "a=%00",
                                  "%00=1",    "=1",   "a=%C3",     "a=%ED%A0%80",   "a=\xff",
                                  "a=%C0%AF", "a=%2", "a=1&b=%G0", "a=%F4%90%80%80"};

BOOST_DATA_TEST_CASE(malformed_text_is_nothing_at_all, kMalformed, text) {
    BOOST_TEST(!QueryParameters::parse(text).has_value());
}

BOOST_AUTO_TEST_CASE(limits_hold_at_their_edge) {
    const postato::http::QueryLimits limits{.pairs = 2, .name_bytes = 3, .value_bytes = 4};
    BOOST_TEST(QueryParameters::parse("abc=1234&d=5", limits).has_value());
    BOOST_TEST(!QueryParameters::parse("a=1&b=2&c=3", limits).has_value());
    BOOST_TEST(!QueryParameters::parse("abcd=1", limits).has_value());
    BOOST_TEST(!QueryParameters::parse("a=12345", limits).has_value());
}

BOOST_AUTO_TEST_CASE(unique_refuses_repeats_and_long_values) {
    const auto parameters = QueryParameters::parse("code=1&code=2&state=abc");
    BOOST_REQUIRE(parameters.has_value());
    BOOST_CHECK_THROW(parameters->unique("code"), Error);
    BOOST_REQUIRE(parameters->unique("state") != nullptr);
    BOOST_TEST(*parameters->unique("state") == "abc");
    BOOST_CHECK_NO_THROW(parameters->unique("state", 3));
    BOOST_CHECK_THROW(parameters->unique("state", 2), Error);
    BOOST_TEST(parameters->unique("absent") == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
