/// \file
/// A thousand clients of each slow kind, and a healthy one that must not notice.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <vector>

#include "front.hpp"

using namespace postato::http;
using namespace postato::http::testing;
using std::chrono::milliseconds;

namespace {

/// As many as asked for, or what the process may open: each connection has two ends here.
std::size_t affordable(std::size_t wanted, std::size_t kinds) {
    const auto allowed = raiseDescriptorLimit();
    const auto each = static_cast<std::size_t>((allowed - 200) / 2 / kinds);
    if (each < wanted) BOOST_TEST_MESSAGE("only " << each << " slow clients of each kind");
    return std::min(wanted, each);
}

/// Clients that begin alike and then send `byte` again and again.
class Crowd {
public:
    Crowd(Front& front, std::size_t size, std::string_view beginning, char byte) : byte_(byte) {
        clients_.reserve(size);
        for (std::size_t i = 0; i < size; ++i) {
            clients_.push_back(front.client());
            clients_.back().send(beginning);
        }
    }
    void drip() {
        for (auto& client : clients_) client.send({&byte_, 1});
    }
    bool allWaiting() {
        return std::none_of(clients_.begin(), clients_.end(),
                            [](RawClient& client) { return client.readable(milliseconds(0)); });
    }

private:
    char byte_;
    std::vector<RawClient> clients_;
};

/// Twenty new connections, one request each; the longest wait.
milliseconds longestWait(Front& front, const std::function<void()>& between) {
    milliseconds longest{0};
    for (int i = 0; i < 20; ++i) {
        between();
        const auto began = std::chrono::steady_clock::now();
        const auto answer = front.client().get("/echo");
        BOOST_REQUIRE(answer.has_value());
        BOOST_TEST(answer->status == 200);
        longest = std::max(longest, std::chrono::duration_cast<milliseconds>(
                                        std::chrono::steady_clock::now() - began));
    }
    return longest;
}

ServerOptions patient() {
    auto options = testOptions();
    // Nobody is let go while the test runs: the slow ones are all there all the time.
    options.deadlines.head = std::chrono::minutes(5);
    options.deadlines.body = std::chrono::minutes(5);
    options.deadlines.idle = std::chrono::minutes(5);
    return options;
}

constexpr std::string_view kHead = "GET /echo HTTP/1.1\r\nHost: a\r\nX-Drip: ";
constexpr std::string_view kBody =
    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(slow_client_tests)

BOOST_AUTO_TEST_CASE(a_healthy_client_is_served_beside_three_thousand_slow_ones) {
    const auto each = affordable(1000, 3);
    Front front(patient());
    Crowd idle(front, each, "", ' ');
    Crowd heads(front, each, kHead, 'a');
    Crowd bodies(front, each, kBody, 'b');
    const auto longest = longestWait(front, [&] {
        heads.drip();
        bodies.drip();
    });
    BOOST_TEST_MESSAGE("longest wait " << longest.count() << " ms");
    BOOST_CHECK(longest < milliseconds(2000));
    BOOST_TEST(idle.allWaiting());
    BOOST_TEST(heads.allWaiting());
    BOOST_TEST(bodies.allWaiting());
}

BOOST_AUTO_TEST_CASE(slow_clients_beyond_the_cap_do_not_shut_the_door) {
    auto options = patient();
    options.max_connections = 200;
    Front front(options);
    Crowd heads(front, 200, kHead, 'a');
    // At first nobody has waited long enough to go; from then on each healthy client finds room.
    const auto until = std::chrono::steady_clock::now() + RawClient::kPatience;
    auto served = false;
    while (!served && std::chrono::steady_clock::now() < until) {
        const auto answer = front.client().get("/echo");
        served = answer && answer->status == 200;
    }
    BOOST_REQUIRE(served);
    BOOST_CHECK(longestWait(front, [] {}) < milliseconds(2000));
}

BOOST_AUTO_TEST_SUITE_END()
