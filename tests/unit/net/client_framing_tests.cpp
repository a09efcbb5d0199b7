// Which answers count, and within what time and size (OUT-03, OUT-04).

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "client_fixture.hpp"

using namespace postato;
using namespace postato::net_tests;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

const std::string kSized = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const std::string kChunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n";
const std::string kUnsized = "HTTP/1.1 200 OK\r\n\r\nhello";

TestServer::Script ending(std::string bytes, void (Peer::*end)()) {
    return [bytes = std::move(bytes), end](Peer& peer) {
        if (!peer.handshake()) return;
        peer.readRequest();
        peer.write(bytes);
        (peer.*end)();
    };
}

/// Writes the start once and then the piece for as long as anybody listens.
TestServer::Script dripping(std::string start, std::string piece, milliseconds pause) {
    return [start = std::move(start), piece = std::move(piece), pause](Peer& peer) {
        if (!peer.handshake()) return;
        peer.readRequest();
        for (bool listens = peer.write(start); listens; listens = peer.write(piece))
            peer.dawdle(pause);
    };
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(client_framing_tests, ClientFixture)

BOOST_AUTO_TEST_CASE(every_framing_is_understood) {
    for (const auto& bytes : {kSized, kChunked, kUnsized}) {
        const TestServer good(server(), answering(bytes));
        const auto result = get(good);
        BOOST_TEST(outcome(result) == "200");
        BOOST_TEST(result.value().body == "hello");
    }
}

BOOST_AUTO_TEST_CASE(an_answer_cut_after_any_byte_never_counts) {
    for (const auto& whole : {kSized, kChunked}) {
        std::size_t size = 0;
        const TestServer cutting(server(), [&](Peer& peer) {
            if (!peer.handshake()) return;
            peer.readRequest();
            peer.write(std::string_view(whole).substr(0, size));
            if (size % 2 == 0)
                peer.close();
            else
                peer.cut();
        });
        for (; size < whole.size(); ++size) {
            const auto said = outcome(get(cutting));
            BOOST_TEST((said == "ambiguous answer_unusable" || said == "ambiguous connection_lost"),
                       "cut after " << size << " bytes: " << said);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_body_without_length_needs_an_orderly_end) {
    const TestServer orderly(server(), ending(kUnsized, &Peer::close));
    BOOST_TEST(outcome(get(orderly)) == "200");
    const TestServer cut(server(), ending(kUnsized, &Peer::cut));
    BOOST_TEST(outcome(get(cut)) == "ambiguous connection_lost");
    const TestServer reset(server(), ending(kUnsized, &Peer::reset));
    BOOST_TEST(outcome(get(reset)) == "ambiguous connection_lost");
}

BOOST_AUTO_TEST_CASE(no_answer_at_all_is_ambiguous) {
    const TestServer silent(server(), ending("", &Peer::close));
    BOOST_TEST(outcome(get(silent)) == "ambiguous answer_unusable");
    const TestServer reset(server(), ending("", &Peer::reset));
    BOOST_TEST(outcome(get(reset)) == "ambiguous connection_lost");
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_before_the_request_is_transient) {
    const TestServer closing([](Peer& peer) { peer.close(); });
    BOOST_TEST(outcome(get(closing)) == "transient tls_failed");
}

const std::string kHugeBodies[] = {
    "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
    "HTTP/1.1 200 OK\r\n\r\n",
};

BOOST_DATA_TEST_CASE_F(ClientFixture, an_endless_body_is_given_up_at_the_limit, kHugeBodies, head) {
    options.max_body = 1000;
    const TestServer endless(server(), dripping(head, std::string(4096, 'x'), milliseconds(0)));
    BOOST_TEST(outcome(get(endless)) == "ambiguous answer_unusable");
}

BOOST_AUTO_TEST_CASE(the_limit_itself_is_allowed) {
    options.max_body = 5;
    const TestServer sized(server(), answering(kSized));
    BOOST_TEST(outcome(get(sized)) == "200");
    options.max_body = 4;
    BOOST_TEST(outcome(get(sized)) == "ambiguous answer_unusable");
}

BOOST_AUTO_TEST_CASE(an_endless_head_is_given_up_at_its_limit) {
    const TestServer endless(
        server(), dripping("HTTP/1.1 200 OK\r\n", "X-More: " + std::string(1000, 'x') + "\r\n",
                           milliseconds(0)));
    BOOST_TEST(outcome(get(endless)) == "ambiguous answer_unusable");
}

struct Slow {
    const char* name;
    TestServer::Script script;
    const char* expected;
};

std::ostream& operator<<(std::ostream& out, const Slow& slow) { return out << slow.name; }

const Slow kSlow[] = {
    {"no handshake", [](Peer& peer) { peer.waitForClient(); }, "transient deadline"},
    {"no answer",
     [](Peer& peer) {
         if (!peer.handshake()) return;
         peer.readRequest();
         peer.waitForClient();
     },
     "ambiguous deadline"},
    {"dripping head", dripping("HTTP/1.1 200 OK\r\n", "X", milliseconds(20)), "ambiguous deadline"},
    {"dripping body",
     dripping("HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n", "x", milliseconds(20)),
     "ambiguous deadline"},
    {"dripping chunks",
     dripping("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n",
              milliseconds(20)),
     "ambiguous deadline"},
    {"endless interim answers", dripping("", "HTTP/1.1 103 Early Hints\r\n\r\n", milliseconds(20)),
     "ambiguous deadline"},
};

BOOST_DATA_TEST_CASE_F(ClientFixture, a_slow_server_is_left_at_the_deadline, kSlow, slow) {
    const TestServer dawdling(server(), slow.script);
    const auto began = steady_clock::now();
    BOOST_TEST(outcome(get(dawdling, milliseconds(300))) == slow.expected);
    const auto took = steady_clock::now() - began;
    BOOST_TEST((took >= milliseconds(290)));
    BOOST_TEST((took < milliseconds(800)));
}

BOOST_AUTO_TEST_SUITE_END()
