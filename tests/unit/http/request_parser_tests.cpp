#include "http/request_parser.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace postato::http;
using Progress = RequestParser::Progress;

namespace {

/// Feeds everything; expects a complete request.
Request parse(const std::string& bytes, std::string* rest = nullptr) {
    RequestParser parser;
    std::string buffer = bytes;
    BOOST_REQUIRE(parser.advance(buffer) == Progress::HeadDone);
    BOOST_REQUIRE(parser.limitBody(1024));
    BOOST_REQUIRE(parser.advance(buffer) == Progress::Complete);
    if (rest != nullptr) *rest = buffer;
    return parser.take();
}

int refusalOf(std::string bytes, const HeadLimits& limits = {}) {
    RequestParser parser(limits);
    return parser.advance(bytes) == Progress::Refused ? parser.refusal() : 0;
}

bool keepsAlive(const std::string& head) {
    RequestParser parser;
    std::string buffer = head;
    BOOST_REQUIRE(parser.advance(buffer) == Progress::HeadDone);
    return parser.keepAlive();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(request_parser_tests)

BOOST_AUTO_TEST_CASE(a_request_is_taken_apart) {
    const auto request = parse(
        "GET /v1/a%2Fb?x=%20y&z HTTP/1.1\r\nHost: a:8080\r\nX-List: one\r\nX-LIST:  two \r\n\r\n");
    BOOST_TEST(request.method == "GET");
    BOOST_TEST(request.path == "/v1/a%2Fb");
    BOOST_TEST(request.query == "x=%20y&z");
    BOOST_TEST(*request.header("x-list") == "one, two");
    BOOST_TEST(*request.header("host") == "a:8080");
    BOOST_TEST(request.body == "");
}

BOOST_AUTO_TEST_CASE(encoded_words_stay_as_they_were_sent) {
    const auto request =
        parse("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer =?utf-8?Q?ab=63?=\r\n\r\n");
    BOOST_TEST(*request.header("authorization") == "Bearer =?utf-8?Q?ab=63?=");
}

BOOST_AUTO_TEST_CASE(a_body_ends_where_its_length_says) {
    std::string rest;
    const auto request =
        parse("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET", &rest);
    BOOST_TEST(request.body == "hello");
    BOOST_TEST(rest == "GET");
}

BOOST_AUTO_TEST_CASE(chunks_are_joined) {
    std::string rest;
    const auto request = parse(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
        "5\r\nhello\r\nA\r\n, good day\r\n0\r\n\r\nGET",
        &rest);
    BOOST_TEST(request.body == "hello, good day");
    BOOST_TEST(rest == "GET");
}

BOOST_AUTO_TEST_CASE(a_request_may_come_byte_by_byte) {
    const std::string bytes =
        "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    RequestParser parser;
    std::string buffer;
    auto progress = Progress::NeedMore;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        BOOST_REQUIRE(progress == Progress::NeedMore);
        buffer += bytes[i];
        progress = parser.advance(buffer);
        if (progress == Progress::HeadDone) {
            BOOST_REQUIRE(parser.limitBody(3));
            progress = parser.advance(buffer);
        }
    }
    BOOST_CHECK(progress == Progress::Complete);
    BOOST_TEST(parser.take().body == "abc");
}

BOOST_AUTO_TEST_CASE(an_http_1_0_request_needs_no_host) {
    BOOST_TEST(parse("GET / HTTP/1.0\r\n\r\n").path == "/");
}

BOOST_AUTO_TEST_CASE(the_target_limit_holds_at_its_edge) {
    const HeadLimits limits;
    const auto head = [](std::size_t target) {
        return "GET /" + std::string(target - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
    };
    BOOST_TEST(refusalOf(head(limits.target_bytes)) == 0);
    BOOST_TEST(refusalOf(head(limits.target_bytes + 1)) == 414);
    BOOST_TEST(refusalOf("GET /" + std::string(limits.target_bytes + 100, 'a')) == 414);
}

BOOST_AUTO_TEST_CASE(the_head_limit_holds_at_its_edge) {
    const HeadLimits limits;
    const auto head = [](std::size_t total) {
        std::string text = "GET / HTTP/1.1\r\nHost: a\r\nX-Fill: ";
        text.append(total - text.size() - 4, 'a');
        return text + "\r\n\r\n";
    };
    BOOST_TEST(head(limits.head_bytes).size() == limits.head_bytes);
    BOOST_TEST(refusalOf(head(limits.head_bytes)) == 0);
    BOOST_TEST(refusalOf(head(limits.head_bytes + 1)) == 431);
    BOOST_TEST(refusalOf("GET / HTTP/1.1\r\nX: " + std::string(limits.head_bytes, 'a')) == 431);
}

BOOST_AUTO_TEST_CASE(the_field_limit_holds_at_its_edge) {
    const auto head = [](int fields) {
        std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
        for (int i = 1; i < fields; ++i) text += "X-" + std::to_string(i) + ": 1\r\n";
        return text + "\r\n";
    };
    BOOST_TEST(refusalOf(head(100)) == 0);
    BOOST_TEST(refusalOf(head(101)) == 431);
}

BOOST_AUTO_TEST_CASE(the_body_limit_holds_at_its_edge) {
    const auto verdict = [](const std::string& bytes, std::size_t limit) {
        RequestParser parser;
        std::string buffer = bytes;
        BOOST_REQUIRE(parser.advance(buffer) == Progress::HeadDone);
        if (!parser.limitBody(limit)) return parser.refusal();
        return parser.advance(buffer) == Progress::Complete ? 200 : parser.refusal();
    };
    const std::string with_length = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    BOOST_TEST(verdict(with_length, 5) == 200);
    BOOST_TEST(verdict(with_length, 4) == 413);
    const std::string in_chunks =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n";
    BOOST_TEST(verdict(in_chunks, 5) == 200);
    BOOST_TEST(verdict(in_chunks, 4) == 413);
}

BOOST_AUTO_TEST_CASE(the_clients_wish_to_stay_is_understood) {
    const auto with = [](std::string_view version, std::string_view connection) {
        std::string head = "GET / HTTP/";
        return head.append(version).append("\r\nHost: a\r\n").append(connection).append("\r\n");
    };
    BOOST_TEST(keepsAlive(with("1.1", "")));
    BOOST_TEST(!keepsAlive(with("1.1", "Connection: close\r\n")));
    BOOST_TEST(!keepsAlive(with("1.1", "Connection: close, x\r\n")));
    BOOST_TEST(!keepsAlive(with("1.1", "Connection: keep-alive, Close\r\n")));
    BOOST_TEST(!keepsAlive(with("1.0", "")));
    BOOST_TEST(keepsAlive(with("1.0", "Connection: Keep-Alive\r\n")));
}

BOOST_AUTO_TEST_CASE(a_client_that_waits_for_100_is_known) {
    const auto waits = [](const std::string& head) {
        RequestParser parser;
        std::string buffer = head;
        BOOST_REQUIRE(parser.advance(buffer) == Progress::HeadDone);
        return parser.expectsContinue();
    };
    BOOST_TEST(
        waits("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n"));
    BOOST_TEST(
        !waits("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n"));
    BOOST_TEST(!waits("POST / HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(a_parser_can_be_used_again) {
    RequestParser parser;
    std::string buffer = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n";
    for (const std::string path : {"/1", "/2"}) {
        BOOST_REQUIRE(parser.advance(buffer) == Progress::HeadDone);
        BOOST_REQUIRE(parser.limitBody(0));
        BOOST_REQUIRE(parser.advance(buffer) == Progress::Complete);
        BOOST_TEST(parser.take().path == path);
        parser.reset();
    }
    BOOST_TEST(buffer.empty());
}

BOOST_AUTO_TEST_SUITE_END()
