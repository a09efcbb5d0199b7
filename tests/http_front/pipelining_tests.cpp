/// \file
/// Several requests in flight on one connection.

#include <boost/test/unit_test.hpp>
#include <string>

#include "front.hpp"

using namespace postato::http;
using namespace postato::http::testing;

BOOST_AUTO_TEST_SUITE(pipelining_tests)

BOOST_AUTO_TEST_CASE(answers_come_in_the_order_of_the_requests) {
    Front front(testOptions());
    auto client = front.client();
    std::string requests = "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n";  // the slowest comes first
    for (int i = 0; i < 50; ++i) {
        const auto body = std::to_string(i);
        requests +=
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n\r\n" + body + "GET /live HTTP/1.1\r\nHost: a\r\n\r\n";
    }
    client.send(requests);
    BOOST_REQUIRE(front.gate.awaitArrivals(1));
    BOOST_TEST(!client.readable(std::chrono::milliseconds(0)));
    front.gate.open();
    BOOST_TEST(client.read().value().body == "other");
    for (int i = 0; i < 50; ++i) {
        BOOST_TEST(client.read().value().body == "POST /echo " + std::to_string(i));
        BOOST_TEST(client.read().value().body == "alive");
    }
}

BOOST_AUTO_TEST_CASE(nothing_after_close_is_answered) {
    Front front(testOptions());
    auto client = front.client();
    client.send(
        "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        "GET /marker HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto answer = client.readToEnd();
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(countResponses(*answer) == 1u);
    BOOST_TEST(front.markers == 0);
}

BOOST_AUTO_TEST_CASE(a_client_that_never_stops_does_not_starve_the_others) {
    Front front(testOptions());
    auto greedy = front.client();
    std::string requests;
    for (int i = 0; i < 2000; ++i) requests += "GET /live HTTP/1.1\r\nHost: a\r\n\r\n";
    greedy.send(requests);
    BOOST_TEST(front.client().get("/echo").value().status == 200);
    for (int i = 0; i < 2000; ++i) BOOST_REQUIRE(greedy.read().has_value());
}

BOOST_AUTO_TEST_CASE(clients_that_reset_in_the_middle_leave_no_trace) {
    Front front(testOptions());
    for (int i = 0; i < 200; ++i) {
        auto client = front.client();
        client.send(i % 2 == 0 ? "GET /echo HTTP/1.1\r\nHo"
                               : "GET /echo HTTP/1.1\r\nHost: a\r\n\r\nGET");
        client.reset();
    }
    BOOST_TEST(front.client().get("/echo").value().status == 200);
}

BOOST_AUTO_TEST_CASE(an_answer_for_a_client_that_has_gone_is_dropped) {
    Front front(testOptions());
    {
        auto client = front.client();
        client.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
        BOOST_REQUIRE(front.gate.awaitArrivals(1));
        client.reset();
    }
    auto other = front.client();
    BOOST_TEST(other.get("/live").value().status == 200);
    front.gate.open();
    BOOST_TEST(other.get("/echo").value().status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
