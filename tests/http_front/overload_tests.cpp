/// \file
/// More requests than workers: what fits waits, the rest hears so at once.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <vector>

#include "front.hpp"

using namespace postato::http;
using namespace postato::http::testing;

namespace {

constexpr std::string_view kGate = "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n";

ServerOptions narrow() {
    auto options = testOptions();
    options.workers = 1;
    options.queue = 2;
    return options;
}

/// Waits until something has come for `count` of the clients, and returns which.
std::vector<RawClient*> firstToBeAnswered(std::vector<RawClient>& clients, std::size_t count) {
    const auto until = std::chrono::steady_clock::now() + RawClient::kPatience;
    std::vector<RawClient*> answered;
    while (answered.size() < count && std::chrono::steady_clock::now() < until) {
        answered.clear();
        for (auto& client : clients)
            if (client.readable(std::chrono::milliseconds(1))) answered.push_back(&client);
    }
    return answered;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(overload_tests)

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_shed_and_the_rest_is_served) {
    Front front(narrow());
    auto running = front.client();
    running.send(kGate);
    BOOST_REQUIRE(front.gate.awaitArrivals(1));
    std::vector<RawClient> clients;
    for (int i = 0; i < 10; ++i) clients.push_back(front.client());
    for (auto& client : clients) client.send(kGate);
    const auto shed = firstToBeAnswered(clients, 8);
    BOOST_REQUIRE(shed.size() == 8u);
    for (auto* client : shed) {
        const auto answer = client->read();
        BOOST_REQUIRE(answer.has_value());
        BOOST_TEST(answer->status == 503);
        BOOST_TEST(answer->headers.at("retry-after") == "1");
        const auto body = nlohmann::json::parse(answer->body);
        BOOST_TEST(body["error"].get<std::string>() == "unavailable");
        BOOST_TEST(body["requestId"].get<std::string>() == answer->headers.at("x-request-id"));
    }
    front.gate.open();
    BOOST_TEST(running.read().value().status == 200);
    int served = 0;
    for (auto& client : clients)
        if (std::find(shed.begin(), shed.end(), &client) == shed.end())
            served += client.read().value().status == 200 ? 1 : 0;
    BOOST_TEST(served == 2);
    // With the queue empty again: the connection has stayed.
    BOOST_TEST(shed.front()->get("/echo").value().status == 200);
}

BOOST_AUTO_TEST_CASE(health_is_answered_when_no_worker_is_free) {
    Front front(narrow());
    auto running = front.client();
    running.send(kGate);
    BOOST_REQUIRE(front.gate.awaitArrivals(1));
    for (int i = 0; i < 10; ++i) BOOST_TEST(front.client().get("/live").value().body == "alive");
}

BOOST_AUTO_TEST_CASE(slow_platforms_do_not_stop_the_fast_lane) {
    Front front(narrow());
    auto waiting = front.client();
    waiting.send("GET /out/gate HTTP/1.1\r\nHost: a\r\n\r\n");
    BOOST_REQUIRE(front.gate.awaitArrivals(1));
    for (int i = 0; i < 10; ++i) BOOST_TEST(front.client().get("/echo").value().status == 200);
    front.gate.open();
    BOOST_TEST(waiting.read().value().status == 200);
}

BOOST_AUTO_TEST_CASE(a_platform_that_hangs_leaves_room_for_the_others) {
    auto options = testOptions();
    options.outbound_workers = 4;
    options.queue = 4;
    Front front(options);
    // Two may hang in a thread each and two in the queue; the fifth is turned away.
    std::vector<RawClient> hanging;
    for (int i = 0; i < 5; ++i) hanging.push_back(front.client());
    const auto hang = [](RawClient& client) {
        client.send("GET /out/gate HTTP/1.1\r\nHost: a\r\n\r\n");
    };
    std::for_each(hanging.begin(), hanging.begin() + 2, hang);
    BOOST_REQUIRE(front.gate.awaitArrivals(2));
    std::for_each(hanging.begin() + 2, hanging.end(), hang);
    const auto shed = firstToBeAnswered(hanging, 1);
    BOOST_REQUIRE(shed.size() == 1u);
    BOOST_TEST(shed.front()->read().value().status == 503);

    for (int i = 0; i < 10; ++i) BOOST_TEST(front.client().get("/out/other").value().status == 200);
    BOOST_TEST(!front.gate.awaitArrivals(3, std::chrono::milliseconds(0)));
    front.gate.open();
    for (auto& client : hanging)
        if (&client != shed.front()) BOOST_TEST(client.read().value().status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
