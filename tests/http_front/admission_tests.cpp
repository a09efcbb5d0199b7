/// \file
/// Who gets a connection: caps in total and per address, and a process without descriptors.

#include <sys/resource.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <vector>

#include "front.hpp"

using namespace postato::http;
using namespace postato::http::testing;
using std::chrono::milliseconds;

namespace {

/// Until destroyed, the process can open no further descriptor.
class NoDescriptorsLeft {
public:
    NoDescriptorsLeft() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int next = ::dup(0);
        ::close(next);
        auto tight = before_;
        tight.rlim_cur = static_cast<rlim_t>(next);
        ::setrlimit(RLIMIT_NOFILE, &tight);
    }
    ~NoDescriptorsLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(admission_tests)

BOOST_AUTO_TEST_CASE(nobody_can_connect_before_the_start) {
    const postato::SystemClock clock;
    TestRandom random;
    const postato::Logger log(clock, STDERR_FILENO);
    Handlers handlers;
    handlers.handle = [](const Request&) { return Response::text(200, "served"); };
    Server server(testOptions(), handlers, clock, random, log);
    BOOST_CHECK_THROW(RawClient(server.port()), std::runtime_error);
    server.start();
    BOOST_TEST(RawClient(server.port()).get("/").value().body == "served");
}

BOOST_AUTO_TEST_CASE(an_address_has_its_own_cap) {
    auto options = testOptions();
    options.max_connections_per_address = 2;
    options.limit_loopback = true;
    Front front(options);
    auto first = front.client();
    auto second = front.client();
    BOOST_REQUIRE(first.get("/echo").has_value());
    BOOST_REQUIRE(second.get("/echo").has_value());
    const auto refused = front.client().readToEnd();
    BOOST_REQUIRE(refused.has_value());
    BOOST_TEST(firstStatus(*refused) == 503);
    first.reset();
    auto served = false;
    const auto until = std::chrono::steady_clock::now() + RawClient::kPatience;
    while (!served && std::chrono::steady_clock::now() < until) {
        const auto answer = front.client().get("/echo");
        served = answer && answer->status == 200;
    }
    BOOST_TEST(served);  // a place that was left is free again
}

BOOST_AUTO_TEST_CASE(loopback_and_trusted_proxies_have_no_cap_of_their_own) {
    auto options = testOptions();
    options.max_connections_per_address = 1;
    Front local(options);
    options.limit_loopback = true;
    options.trusted_proxies = {"127.0.0.1"};
    Front proxied(options);
    for (auto* front : {&local, &proxied}) {
        auto first = front->client();
        auto second = front->client();
        BOOST_TEST(first.get("/echo").value().status == 200);
        BOOST_TEST(second.get("/echo").value().status == 200);
    }
}

BOOST_AUTO_TEST_CASE(at_the_cap_the_oldest_waiting_client_makes_room) {
    auto options = testOptions();
    options.max_connections = 2;
    options.deadlines.idle_under_load = options.deadlines.idle;
    Front front(options);
    auto busy = front.client();
    busy.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
    BOOST_REQUIRE(front.gate.awaitArrivals(1));
    auto dripping = front.client();
    dripping.send("GET /echo HT");
    // Too young to be dropped at first; then it has had its time.
    auto served = false;
    const auto until = std::chrono::steady_clock::now() + RawClient::kPatience;
    while (!served && std::chrono::steady_clock::now() < until) {
        const auto answer = front.client().get("/echo");
        served = answer && answer->status == 200;
    }
    BOOST_TEST(served);
    BOOST_TEST(dripping.readToEnd().value() == "");
    front.gate.open();
    BOOST_TEST(busy.read().value().status == 200);  // what was being served stayed
}

BOOST_AUTO_TEST_CASE(without_descriptors_the_present_clients_are_served_and_others_wait) {
    Front front(testOptions());
    auto present = front.client();
    BOOST_REQUIRE(present.get("/echo").has_value());
    RawClient newcomer;
    {
        const NoDescriptorsLeft exhausted;
        newcomer.connect(front.port());  // by the kernel, into the backlog
        newcomer.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
        BOOST_TEST(present.get("/echo").value().status == 200);
        BOOST_TEST(!newcomer.readable(milliseconds(200)));
        BOOST_TEST(present.get("/echo").value().status == 200);
    }
    BOOST_TEST(newcomer.read().value().status == 200);
    BOOST_TEST(front.log().find("http.accept_paused") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
