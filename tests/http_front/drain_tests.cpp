/// \file
/// Stopping: nothing new, nothing lost that was in flight, no longer than asked.

#include <boost/test/unit_test.hpp>
#include <future>
#include <stdexcept>

#include "front.hpp"

using namespace postato::http;
using namespace postato::http::testing;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

std::future<void> stopLater(Front& front, milliseconds drain) {
    return std::async(std::launch::async, [&front, drain] { front.server.stop(drain); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(drain_tests)

BOOST_AUTO_TEST_CASE(a_request_in_flight_is_finished) {
    Front front(testOptions());
    auto busy = front.client();
    busy.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
    auto idle = front.client();
    BOOST_REQUIRE(idle.get("/echo").has_value());
    BOOST_REQUIRE(front.gate.awaitArrivals(1));
    auto stopped = stopLater(front, seconds(10));
    BOOST_TEST(idle.readToEnd().value() == "");  // the drain has begun
    BOOST_CHECK_THROW(front.client(), std::runtime_error);
    front.gate.open();
    const auto answer = busy.read();
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->status == 200);
    BOOST_TEST(answer->headers.at("connection") == "close");
    BOOST_TEST(busy.readToEnd().value() == "");
    busy.finishSending();
    BOOST_CHECK(stopped.wait_for(seconds(5)) == std::future_status::ready);
}

BOOST_AUTO_TEST_CASE(a_half_sent_head_does_not_hold_the_stop) {
    Front front(testOptions());
    auto dripping = front.client();
    dripping.send("GET /echo HTTP/1.1\r\nHo");
    BOOST_REQUIRE(front.client().get("/echo").has_value());  // so the server has seen the head
    const auto began = std::chrono::steady_clock::now();
    auto stopped = stopLater(front, seconds(30));
    const auto answer = dripping.readToEnd();
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(firstStatus(*answer) == 408);
    dripping.finishSending();
    stopped.wait();
    BOOST_CHECK(std::chrono::steady_clock::now() - began < seconds(5));
}

BOOST_AUTO_TEST_CASE(a_half_sent_request_may_still_arrive) {
    Front front(testOptions());
    auto client = front.client();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
    auto idle = front.client();
    BOOST_REQUIRE(idle.get("/echo").has_value());
    auto stopped = stopLater(front, seconds(10));
    BOOST_REQUIRE(idle.readToEnd().has_value());  // the drain has begun
    client.send("llo");
    const auto answer = client.read();
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->body == "POST /echo hello");
    BOOST_TEST(answer->headers.at("connection") == "close");
}

BOOST_AUTO_TEST_CASE(when_the_time_is_over_connections_are_closed) {
    Front front(testOptions());
    auto busy = front.client();
    busy.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
    BOOST_REQUIRE(front.gate.awaitArrivals(1));
    auto stopped = stopLater(front, milliseconds(100));
    BOOST_TEST(busy.readToEnd().value() == "");
    BOOST_CHECK(stopped.wait_for(milliseconds(0)) == std::future_status::timeout);
    front.gate.open();  // the handler itself is waited for
    BOOST_CHECK(stopped.wait_for(seconds(5)) == std::future_status::ready);
}

BOOST_AUTO_TEST_CASE(a_second_stop_is_faster) {
    Front front(testOptions());
    auto busy = front.client();
    busy.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
    BOOST_REQUIRE(front.gate.awaitArrivals(1));
    auto first = stopLater(front, std::chrono::minutes(10));
    auto second = stopLater(front, milliseconds(0));
    BOOST_TEST(busy.readToEnd().value() == "");
    front.gate.open();
    BOOST_CHECK(first.wait_for(seconds(5)) == std::future_status::ready);
    BOOST_CHECK(second.wait_for(seconds(5)) == std::future_status::ready);
}

BOOST_AUTO_TEST_SUITE_END()
