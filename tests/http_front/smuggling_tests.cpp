/// \file
/// Framing on the wire: whatever is sent in front of it, a marker request that hides in a body or
/// behind a refused head is never answered.

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "framing_cases.hpp"
#include "front.hpp"

using namespace postato::http;
using namespace postato::http::testing;

namespace {

constexpr std::string_view kMarker = "GET /marker HTTP/1.1\r\nHost: a\r\n\r\n";

struct SharedFront {
    static Front& get() {
        static Front front(testOptions());
        return front;
    }
    SharedFront() : markers_before(get().markers) {}
    ~SharedFront() { BOOST_TEST(get().markers == markers_before); }
    int markers_before;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(smuggling_tests, SharedFront)

BOOST_DATA_TEST_CASE_F(SharedFront, a_refused_request_is_the_last_one, refusedCases(), one) {
    auto client = get().client();
    client.send(one.bytes + std::string(kMarker));
    const auto answer = client.readToEnd();
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(firstStatus(*answer) == one.status);
    BOOST_TEST(countResponses(*answer) == 1u);
    BOOST_TEST(answer->find("connection: close\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_body_that_looks_like_a_request_is_a_body) {
    auto client = get().client();
    client.send(post("Content-Length: " + std::to_string(kMarker.size()) + "\r\n", kMarker));
    const auto answer = client.read();
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->body == "POST /echo " + std::string(kMarker));
    const auto next = client.get("/echo");  // the connection is where both sides think it is
    BOOST_REQUIRE(next.has_value());
    BOOST_TEST(next->body == "GET /echo ");
}

BOOST_AUTO_TEST_CASE(a_body_that_the_handler_ignores_is_not_the_next_request) {
    auto client = get().client();
    std::string request = "POST /ignores HTTP/1.1\r\nHost: a\r\nContent-Length: ";
    request.append(std::to_string(kMarker.size())).append("\r\n\r\n").append(kMarker);
    client.send(request);
    BOOST_REQUIRE(client.read().has_value());
    BOOST_REQUIRE(client.get("/echo").has_value());
}

BOOST_AUTO_TEST_CASE(a_get_may_have_a_body_and_it_is_only_that) {
    auto client = get().client();
    client.send(testing::get("Content-Length: " + std::to_string(kMarker.size()) + "\r\n"));
    client.send(kMarker);
    BOOST_TEST(client.read().value().body == "GET /echo " + std::string(kMarker));
}

BOOST_AUTO_TEST_CASE(a_stranger_with_a_body_is_answered_once) {
    auto client = get().client();
    std::string request = "POST /unauthorized HTTP/1.1\r\nHost: a\r\nContent-Length: ";
    request.append(std::to_string(kMarker.size())).append("\r\n\r\n").append(kMarker);
    client.send(request + std::string(kMarker));
    const auto answer = client.readToEnd();
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(firstStatus(*answer) == 401);
    BOOST_TEST(countResponses(*answer) == 1u);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_cut_short_reaches_no_handler) {
    const std::string cut[] = {
        post("Content-Length: 10\r\n", "hello"),
        chunked("5\r\nhello\r\n"),
        chunked("5\r\nhel"),
        chunked("5\r\nhello\r\n0\r\n"),
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Le",
    };
    for (const auto& bytes : cut) {
        const int handled_before = get().handled;
        auto client = get().client();
        client.send(bytes);
        client.finishSending();
        const auto answer = client.readToEnd();
        BOOST_REQUIRE(answer.has_value());
        BOOST_TEST(firstStatus(*answer) == 400);
        BOOST_TEST(get().handled == handled_before);
    }
}

BOOST_AUTO_TEST_CASE(encoded_words_are_not_decoded) {
    auto client = get().client();
    client.send(testing::get("X-A: =?utf-8?B?YQ0KSW5qZWN0ZWQ6IHllcw==?=\r\n"));
    BOOST_TEST(client.read().value().status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
