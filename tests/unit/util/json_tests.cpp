#include "util/json.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "util/error.hpp"

using namespace postato;

namespace {

std::string problem(const std::string& text, const JsonLimits& limits = {}) {
    try {
        parseJson(text, limits);
        return "accepted";
    } catch (const Error& error) {
        BOOST_TEST((error.code() == ErrorCode::InvalidArgument));
        const std::string start = "The body is not valid JSON: ";
        BOOST_TEST(error.message().starts_with(start));
        return error.message().substr(start.size());
    }
}

std::string nested(int depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

BOOST_AUTO_TEST_SUITE(json_tests)

BOOST_AUTO_TEST_CASE(ordinary_json_is_read) {
    const auto value = parseJson(R"({"a":[1,-2,3.5,true,null,"\u00e9"],"b":{"a":1}})");
    BOOST_TEST(value["a"][1] == -2);
    BOOST_TEST(value["a"][5] == "\xc3\xa9");
    BOOST_TEST(value["b"]["a"] == 1);
    BOOST_TEST(parseJson("7") == 7);
}

BOOST_AUTO_TEST_CASE(depth_is_limited_to_its_edge) {
    BOOST_TEST(problem(nested(32)) == "accepted");
    BOOST_TEST(problem(nested(33)) == "nested too deeply");
    BOOST_TEST(problem(std::string(1'000'000, '[')) == "nested too deeply");
}

BOOST_AUTO_TEST_CASE(the_number_of_values_is_limited_to_its_edge) {
    const JsonLimits limits{.depth = 32, .nodes = 4};
    BOOST_TEST(problem("[1,2,3]", limits) == "accepted");
    BOOST_TEST(problem("[1,2,3,4]", limits) == "too many values");
    BOOST_TEST(problem(R"({"a":{},"b":{},"c":{},"d":{}})", limits) == "too many values");
}

BOOST_AUTO_TEST_CASE(a_name_may_stand_once) {
    BOOST_TEST(problem(R"({"a":1,"a":2})") == "a name stands twice in one object");
    BOOST_TEST(problem(R"({"a":1,"\u0061":2})") == "a name stands twice in one object");
    BOOST_TEST(problem(R"([{"a":1},{"a":2}])") == "accepted");
}

BOOST_AUTO_TEST_CASE(nul_is_refused_in_names_and_values) {
    BOOST_TEST(problem(R"(["\u0000"])") == "text holds U+0000");
    BOOST_TEST(problem(R"({"a\u0000":1})") == "text holds U+0000");
}

BOOST_AUTO_TEST_CASE(integers_beyond_64_bits_are_refused_and_not_rounded) {
    BOOST_TEST(problem("9223372036854775807") == "accepted");
    BOOST_TEST(problem("-9223372036854775808") == "accepted");
    BOOST_TEST(problem("9223372036854775808") == "a number is out of range");
    BOOST_TEST(problem("18446744073709551616") == "a number is out of range");
    BOOST_TEST(problem("-9223372036854775809") == "a number is out of range");
    BOOST_TEST(problem("1e300") == "accepted");
}

const std::string kBroken[] = {"",          "{",          "[1,]",          "{\"a\":1,}",
                               "[1] 2",     "// c\n1",    "'a'",           "01",
                               "NaN",       "[\"\xff\"]", "[\"\\ud800\"]", "[\"\xed\xa0\x80\"]",
                               "{\"a\" 1}", "1e999",      "\xef\xbb\xbf[", "tru"};

BOOST_DATA_TEST_CASE(broken_text_is_refused_without_repeating_it, kBroken, text) {
    const auto said = problem("[\"canary\"," + text);
    BOOST_TEST(said != "accepted");
    BOOST_TEST(said.find("canary") == std::string::npos);
    BOOST_TEST(problem(text) != "accepted");
}

BOOST_AUTO_TEST_CASE(foreign_bytes_are_written_as_valid_text) {
    BOOST_TEST(dumpJson({{"a", "x\xffy"}}) == "{\"a\":\"x\xef\xbf\xbdy\"}");
}

BOOST_AUTO_TEST_SUITE_END()
