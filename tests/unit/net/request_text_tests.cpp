#include "net/request_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace postato;

namespace {

std::string textOf(const sdk::HttpRequest& request) {
    return std::string(net::requestText(request, *net::parseUrl(request.url), "agent").reveal());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(request_text_tests)

BOOST_AUTO_TEST_CASE(a_get_has_no_length) {
    BOOST_TEST(textOf({"GET", "https://a.test?x=1", {{"Accept", "application/json"}}, {}}) ==
               "GET /?x=1 HTTP/1.1\r\nHost: a.test\r\nUser-Agent: agent\r\nConnection: close\r\n"
               "Accept: application/json\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_post_states_its_length_even_when_empty) {
    BOOST_TEST(textOf({"POST", "https://a.test/", {}, {}}).find("Content-Length: 0\r\n\r\n") !=
               std::string::npos);
    BOOST_TEST(
        textOf({"DELETE", "https://a.test/", {}, "x"}).ends_with("Content-Length: 1\r\n\r\nx"));
}

BOOST_AUTO_TEST_CASE(problems_do_not_repeat_values) {
    const auto problem =
        net::requestProblem({"GET", "https://a.test/", {{"Authorization", "Bearer canary\n"}}, {}});
    BOOST_REQUIRE(problem.has_value());
    BOOST_TEST(*problem == "the header Authorization holds control characters");
}

BOOST_AUTO_TEST_SUITE_END()
