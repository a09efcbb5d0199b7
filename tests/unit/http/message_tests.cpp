#include "http/message.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "util/error.hpp"

using postato::Error;
using postato::http::Headers;
using postato::http::Response;

BOOST_AUTO_TEST_SUITE(message_tests)

const std::string kSplittingValues[] = {"/x\r\nSet-Cookie: a=b", "a\nb",  "a\rb",
                                        std::string("a\0b", 3),  "a\x7f", "a\x1b[0m"};

BOOST_DATA_TEST_CASE(a_value_with_a_control_character_is_refused, kSplittingValues, value) {
    Response response;
    BOOST_CHECK_THROW(response.setHeader("location", value), Error);
    BOOST_CHECK_THROW(response.addHeader("set-cookie", value), Error);
    BOOST_CHECK_THROW(Response::redirect(value), Error);
    BOOST_CHECK(response.headers().begin() == response.headers().end());
}

const std::string kBadNames[] = {"", "a b", "a:b", "a\r\nb", "n\xc3\xa9", "(x)"};

BOOST_DATA_TEST_CASE(a_name_that_is_no_token_is_refused, kBadNames, name) {
    Headers headers;
    BOOST_CHECK_THROW(headers.add(name, "x"), Error);
    BOOST_CHECK_THROW(headers.set(name, "x"), Error);
}

const std::string kOwnedNames[] = {"Content-Length", "transfer-encoding", "Connection", "Date",
                                   "X-Request-Id"};

BOOST_DATA_TEST_CASE(fields_of_the_server_cannot_be_set, kOwnedNames, name) {
    Response response;
    BOOST_CHECK_THROW(response.setHeader(name, "1"), Error);
    BOOST_CHECK_THROW(response.addHeader(name, "1"), Error);
}

BOOST_AUTO_TEST_CASE(names_are_found_in_lower_case) {
    Headers headers;
    headers.add("X-Thing", "one");
    BOOST_REQUIRE(headers.find("x-thing") != nullptr);
    BOOST_TEST(*headers.find("x-thing") == "one");
    BOOST_TEST(headers.find("x-other") == nullptr);
}

BOOST_AUTO_TEST_CASE(set_replaces_and_add_appends) {
    Headers headers;
    headers.add("a", "1");
    headers.add("A", "2");
    BOOST_TEST(headers.count("a") == 2u);
    headers.set("a", "3");
    BOOST_TEST(headers.count("a") == 1u);
    BOOST_TEST(*headers.find("a") == "3");
}

BOOST_AUTO_TEST_CASE(factories_set_status_type_and_body) {
    const auto json = Response::json(201, {{"id", "acc_1"}});
    BOOST_TEST(json.status == 201);
    BOOST_TEST(json.body == R"({"id":"acc_1"})");
    BOOST_TEST(*json.header("content-type") == "application/json");
    const auto html = Response::html(200, "<p>");
    BOOST_TEST(*html.header("content-type") == "text/html; charset=utf-8");
    const auto text = Response::text(200, "hello");
    BOOST_TEST(*text.header("content-type") == "text/plain; charset=utf-8");
    BOOST_TEST(text.body == "hello");
    const auto redirect = Response::redirect("/accounts");
    BOOST_TEST(redirect.status == 303);
    BOOST_TEST(*redirect.header("location") == "/accounts");
    BOOST_TEST(Response::empty().status == 204);
}

BOOST_AUTO_TEST_SUITE_END()
