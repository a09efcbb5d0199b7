/// \file
/// A client that is too slow in any phase is let go, however it divides its bytes.

#include <boost/test/unit_test.hpp>

#include "front.hpp"

using namespace postato::http;
using namespace postato::http::testing;
using std::chrono::milliseconds;

namespace {

ServerOptions impatient() {
    auto options = testOptions();
    options.deadlines.head = milliseconds(200);
    options.deadlines.body = milliseconds(200);
    options.deadlines.write = milliseconds(200);
    options.deadlines.idle = milliseconds(200);
    options.deadlines.linger = milliseconds(200);
    options.deadlines.minimum_bytes_per_second = 1'000'000;
    return options;
}

/// Sends a byte now and then until an answer comes.
std::optional<std::string> drip(RawClient& client, char byte) {
    while (!client.readable(milliseconds(20)))
        if (!client.send({&byte, 1})) break;
    return client.readToEnd();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(deadline_tests)

BOOST_AUTO_TEST_CASE(a_dripping_head_ends_with_408) {
    Front front(impatient());
    auto client = front.client();
    client.send("GET /echo HTTP/1.1\r\nHost: a\r\nX-Drip: ");
    const auto answer = drip(client, 'a');
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(firstStatus(*answer) == 408);
    BOOST_TEST(front.handled == 0);
}

BOOST_AUTO_TEST_CASE(a_dripping_body_ends_with_408) {
    Front front(impatient());
    auto client = front.client();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    const auto answer = drip(client, 'b');
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(firstStatus(*answer) == 408);
    BOOST_TEST(front.handled == 0);
}

BOOST_AUTO_TEST_CASE(a_body_that_keeps_the_minimum_rate_may_take_longer) {
    auto options = impatient();
    options.deadlines.minimum_bytes_per_second = 10;  // each byte is worth 100 ms
    Front front(options);
    auto client = front.client();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n");
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < 40; ++i) {
        BOOST_REQUIRE(!client.readable(milliseconds(15)));  // the client's own pace
        client.send("b");
    }
    BOOST_TEST(client.read().value().status == 200);
    BOOST_CHECK(std::chrono::steady_clock::now() - began > options.deadlines.body);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_closed_without_a_word) {
    Front front(impatient());
    auto fresh = front.client();
    BOOST_TEST(fresh.readToEnd().value() == "");
    auto used = front.client();
    BOOST_REQUIRE(used.get("/echo").has_value());
    BOOST_TEST(used.readToEnd().value() == "");
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_is_cut) {
    Front front(impatient());
    front.large_bytes = 64 * 1024 * 1024;
    auto client = front.client();
    client.shrinkReceiveBuffer();
    client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    BOOST_REQUIRE(client.readable(RawClient::kPatience));
    // What was on the way is all that comes, once the server has given up; its idle deadline for
    // another client, which began later, is the sign for that.
    auto later = front.client();
    BOOST_REQUIRE(later.get("/echo").has_value());
    BOOST_REQUIRE(later.readToEnd().has_value());
    const auto received = client.readToEnd();
    BOOST_REQUIRE(received.has_value());
    BOOST_TEST(received->size() < front.large_bytes);
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_close_after_the_last_answer_is_cut) {
    Front front(impatient());
    auto client = front.client();
    client.send("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    BOOST_REQUIRE(client.readToEnd().has_value());
    // The server has sent its end; soon it does not listen either.
    const auto until = std::chrono::steady_clock::now() + RawClient::kPatience;
    bool accepted = true;
    while (accepted && std::chrono::steady_clock::now() < until) accepted = client.send("x");
    BOOST_TEST(!accepted);
}

BOOST_AUTO_TEST_CASE(idle_time_shrinks_when_connections_are_many) {
    auto options = testOptions();
    options.max_connections = 10;
    options.deadlines.idle = std::chrono::minutes(1);
    options.deadlines.idle_under_load = milliseconds(50);
    Front front(options);
    std::vector<RawClient> clients;
    for (int i = 0; i < 10; ++i) {
        clients.push_back(front.client());
        BOOST_REQUIRE(clients.back().get("/echo").has_value());
    }
    BOOST_TEST(clients.front().readToEnd().has_value());  // long before its minute
    BOOST_TEST(front.client().get("/echo").value().status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
