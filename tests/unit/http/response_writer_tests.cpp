#include "http/response_writer.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace postato;
using http::Response;
using http::writeResponse;

namespace {

const TimePoint kThen = fromMillis(784'111'777'000);  // the example of RFC 9110 5.6.7

http::WireFacts facts() { return {.request_id = "req_1", .now = kThen}; }

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(response_writer_tests)

BOOST_AUTO_TEST_CASE(dates_have_the_form_of_http) {
    BOOST_TEST(http::httpDate(kThen) == "Sun, 06 Nov 1994 08:49:37 GMT");
}

BOOST_AUTO_TEST_CASE(a_response_is_head_and_body_in_one_string) {
    auto response = Response::text(200, "hello");
    response.addHeader("set-cookie", "a=1");
    response.addHeader("set-cookie", "b=2");
    BOOST_TEST(writeResponse(response, facts()) ==
               "HTTP/1.1 200 OK\r\n"
               "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
               "x-request-id: req_1\r\n"
               "content-type: text/plain; charset=utf-8\r\n"
               "set-cookie: a=1\r\n"
               "set-cookie: b=2\r\n"
               "content-length: 5\r\n"
               "\r\n"
               "hello");
}

BOOST_AUTO_TEST_CASE(head_has_the_length_and_no_body) {
    auto wire = facts();
    wire.head_only = true;
    const auto text = writeResponse(Response::text(200, "hello"), wire);
    BOOST_TEST(contains(text, "content-length: 5\r\n"));
    BOOST_TEST(text.ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(no_content_has_neither_length_nor_body) {
    auto response = Response::empty(204);
    response.body = "must not be sent";
    const auto text = writeResponse(response, facts());
    BOOST_TEST(!contains(text, "content-length"));
    BOOST_TEST(text.ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(the_end_of_the_connection_is_announced) {
    auto wire = facts();
    BOOST_TEST(!contains(writeResponse(Response::empty(200), wire), "connection:"));
    wire.http_1_0 = true;
    BOOST_TEST(contains(writeResponse(Response::empty(200), wire), "connection: keep-alive\r\n"));
    wire.close = true;
    BOOST_TEST(contains(writeResponse(Response::empty(200), wire), "connection: close\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()
