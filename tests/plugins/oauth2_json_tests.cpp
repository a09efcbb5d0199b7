#include <boost/test/unit_test.hpp>

#include "postato/oauth2/json.hpp"
#include "postato/oauth2/scopes.hpp"
#include "postato/oauth2/tokens.hpp"

namespace postato::tests {
namespace {

using oauth2::Json;
using oauth2::JsonProblem;

Json parsed(const std::string& text) { return std::get<Json>(Json::parse(text)); }

bool fails(const std::string& text, JsonProblem problem) {
    const auto result = Json::parse(text);
    const auto* found = std::get_if<JsonProblem>(&result);
    return found != nullptr && *found == problem;
}

sdk::Credentials tokens(const std::string& text) {
    return std::get<sdk::Credentials>(oauth2::readTokenResponse(parsed(text)));
}

std::string problemWith(const std::string& text) {
    const auto result = oauth2::readTokenResponse(parsed(text));
    const auto* field = std::get_if<std::string>(&result);
    return field != nullptr ? *field : "(none)";
}

std::optional<std::chrono::seconds> lifetime(const std::string& value) {
    return oauth2::readLifetime(parsed("{\"x\":" + value + "}").get("x"));
}

BOOST_AUTO_TEST_SUITE(oauth2_json_tests)

BOOST_AUTO_TEST_CASE(lookups_chain_over_what_is_not_there) {
    const Json body = parsed(R"({"a":{"b":["x",{"c":"deep"}]},"n":null})");
    BOOST_TEST(body.get("a").get("b").at(1).get("c").text() == "deep");
    BOOST_TEST(body.get("a").get("missing").at(3).get("c").text() == "");
    BOOST_TEST(body.get("n").isNull());
    BOOST_TEST(body.get("a").get("b").size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_part_outlives_the_whole) {
    Json part;
    { part = parsed(R"({"a":{"b":"kept"}})").get("a"); }
    BOOST_TEST(part.get("b").text() == "kept");
}

BOOST_AUTO_TEST_CASE(numbers_keep_their_digits) {
    const Json body = parsed(R"({"big":27640875392278831,"huge":123456789012345678901234567890})");
    BOOST_TEST(body.get("big").text() == "27640875392278831");
    BOOST_TEST(*body.get("big").integer() == 27640875392278831);
    BOOST_TEST(body.get("huge").text() == "123456789012345678901234567890");
    BOOST_TEST(*body.get("huge").integer() == INT64_MAX);
}

BOOST_AUTO_TEST_CASE(what_is_not_json_is_malformed) {
    for (const char* text : {"", " ", "<html>", "{\"a\":\"b", "{} {}", "{\"a\":\"\xff\"}", "nul"})
        BOOST_TEST(fails(text, JsonProblem::Malformed), text);
}

BOOST_AUTO_TEST_CASE(json_nobody_should_send_is_refused) {
    BOOST_TEST(fails(R"({"a":1,"a":2})", JsonProblem::Refused));
    BOOST_TEST(fails(R"({"x":{"a":1,"b":{},"a":2}})", JsonProblem::Refused));
    BOOST_TEST(fails(R"({"a":"b\u0000c"})", JsonProblem::Refused));
    BOOST_TEST(fails(std::string(33, '[') + std::string(33, ']'), JsonProblem::Refused));
    BOOST_TEST(fails("\"" + std::string(2'000'000, 'x') + "\"", JsonProblem::Refused));
    std::string many = "[0";
    for (int i = 0; i < 20'000; ++i) many += ",0";
    BOOST_TEST(fails(many + "]", JsonProblem::Refused));
    BOOST_TEST(!fails(std::string(32, '[') + std::string(32, ']'), JsonProblem::Refused));
    BOOST_TEST(!fails(R"([{"a":1},{"a":2}])", JsonProblem::Refused));
}

BOOST_AUTO_TEST_CASE(lifetimes_in_all_the_ways_they_are_written) {
    BOOST_TEST(lifetime("3600")->count() == 3600);
    BOOST_TEST(lifetime("\"3600\"")->count() == 3600);
    BOOST_TEST(lifetime("3599.9")->count() == 3599);
    for (const char* none : {"0", "-5", "\"\"", "\"soon\"", "null", "true", "[]", "\"12x\""})
        BOOST_TEST(!lifetime(none).has_value(), none);
    const auto ten_years = std::chrono::seconds(std::chrono::hours(24 * 3650)).count();
    BOOST_TEST(lifetime("1e18")->count() == ten_years);
    BOOST_TEST(lifetime("1000000000000000000")->count() == ten_years);
    BOOST_TEST(lifetime("99999999999999999999999")->count() == ten_years);
}

BOOST_AUTO_TEST_CASE(token_answers_may_lack_all_but_the_token) {
    const auto credentials = tokens(R"({"access_token":"a","unknown":[1,{"x":null}]})");
    BOOST_TEST(credentials.access_token.reveal() == "a");
    BOOST_TEST(credentials.refresh_token.empty());
    BOOST_TEST(credentials.scopes.empty());
    BOOST_TEST(!credentials.expires_in.has_value());
    BOOST_TEST(tokens(R"({"access_token":"a","refresh_token":null})").refresh_token.empty());
    BOOST_TEST(tokens(R"({"access_token":"a","refresh_expires_in":9})")
                   .refresh_token_expires_in->count() == 9);
}

BOOST_AUTO_TEST_CASE(tokens_must_be_printable_text) {
    for (const char* body : {"{}", R"({"access_token":""})", R"({"access_token":7})",
                             R"({"access_token":"a\r\nX-Evil: 1"})", R"({"access_token":"ü"})"})
        BOOST_TEST(problemWith(body) == "access_token", body);
    BOOST_TEST(problemWith(R"({"access_token":"a","refresh_token":7})") == "refresh_token");
}

BOOST_AUTO_TEST_CASE(scopes_in_all_their_separators) {
    const std::vector<std::string> expected = {"a", "b.c", "https://d/e"};
    for (const char* text : {"a b.c https://d/e", "a,b.c,https://d/e", "a%20b.c%20https://d/e",
                             "a, b.c,  https://d/e a"})
        BOOST_TEST(oauth2::splitScopes(text) == expected, boost::test_tools::per_element());
    BOOST_TEST(oauth2::readScopes(parsed(R"(["a","b.c","https://d/e"])")) == expected,
               boost::test_tools::per_element());
    BOOST_TEST(oauth2::splitScopes("").empty());
    BOOST_TEST(oauth2::joinScopes(expected, ",") == "a,b.c,https://d/e");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace postato::tests
