// Which servers the client believes, and which it does not (OUT-01).

#include <boost/test/unit_test.hpp>

#include "client_fixture.hpp"
#include "util/error.hpp"

using namespace postato;
using namespace postato::net_tests;

namespace {

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(client_tls_tests, ClientFixture)

BOOST_AUTO_TEST_CASE(the_right_server_is_believed) {
    const TestServer right(server(), answering(kOk));
    const auto result = get(right);
    BOOST_TEST(outcome(result) == "200");
    BOOST_TEST(result.value().body == "ok");
}

BOOST_AUTO_TEST_CASE(an_address_as_host_needs_a_certificate_for_it) {
    const TestServer right(makeServer(authority, "IP:127.0.0.1"), answering(kOk));
    BOOST_TEST(outcome(send({"GET", url(right, "127.0.0.1"), {}, {}})) == "200");
    const TestServer wrong(makeServer(authority, "DNS:127.0.0.1,IP:127.0.0.2"), answering(kOk));
    BOOST_TEST(outcome(send({"GET", url(wrong, "127.0.0.1"), {}, {}})) == "transient tls_failed");
}

BOOST_AUTO_TEST_CASE(another_name_is_refused) {
    const TestServer wrong(makeServer(authority, "DNS:evil.test"), answering(kOk));
    BOOST_TEST(outcome(get(wrong)) == "transient tls_failed");
}

BOOST_AUTO_TEST_CASE(another_name_is_refused_on_localhost_too) {
    const TestServer wrong(makeServer(authority, "DNS:evil.test"), answering(kOk));
    BOOST_TEST(outcome(send({"GET", url(wrong, "localhost"), {}, {}})) == "transient tls_failed");
    const TestServer right(makeServer(authority, "DNS:localhost"), answering(kOk));
    BOOST_TEST(outcome(send({"GET", url(right, "localhost"), {}, {}})) == "200");
}

BOOST_AUTO_TEST_CASE(a_wildcard_covers_one_label) {
    resolver.names["api.platform.test"] = {"127.0.0.1"};
    const TestServer wild(makeServer(authority, "DNS:*.platform.test"), answering(kOk));
    BOOST_TEST(outcome(send({"GET", url(wild, "api.platform.test"), {}, {}})) == "200");
    BOOST_TEST(outcome(get(wild)) == "transient tls_failed");
}

BOOST_AUTO_TEST_CASE(a_stranger_that_stalls_the_handshake_is_still_a_stranger) {
    std::atomic<bool> asked{false};
    const TestServer wrong(makeServer(authority, "DNS:evil.test"), [&](Peer& peer) {
        peer.dawdle(std::chrono::milliseconds(300));
        if (!peer.handshake()) return;
        if (!peer.readRequest().empty()) asked = true;
        peer.write(kOk);
        peer.close();
    });
    options.connect_timeout = std::chrono::milliseconds(100);
    BOOST_TEST(outcome(get(wrong)) == "transient tls_failed");
    BOOST_TEST(!asked);
}

BOOST_AUTO_TEST_CASE(a_self_signed_certificate_is_refused) {
    const TestServer wrong(makeSelfSigned("DNS:platform.test"), answering(kOk));
    BOOST_TEST(outcome(get(wrong)) == "transient tls_failed");
}

BOOST_AUTO_TEST_CASE(another_authority_is_refused) {
    const auto stranger = makeAuthority();
    const TestServer wrong(makeServer(stranger, "DNS:platform.test"), answering(kOk));
    BOOST_TEST(outcome(get(wrong)) == "transient tls_failed");
}

BOOST_AUTO_TEST_CASE(a_certificate_counts_only_in_its_time) {
    const TestServer expired(makeServer(authority, "DNS:platform.test", {-3, -2}), answering(kOk));
    BOOST_TEST(outcome(get(expired)) == "transient tls_failed");
    const TestServer early(makeServer(authority, "DNS:platform.test", {2, 3}), answering(kOk));
    BOOST_TEST(outcome(get(early)) == "transient tls_failed");
}

BOOST_AUTO_TEST_CASE(tls_before_1_2_is_refused) {
    const TestServer old(server(), answering(kOk), TLS1_1_VERSION);
    BOOST_TEST(outcome(get(old)) == "transient tls_failed");
    const TestServer enough(server(), answering(kOk), TLS1_2_VERSION);
    BOOST_TEST(outcome(get(enough)) == "200");
}

BOOST_AUTO_TEST_CASE(a_server_without_tls_is_refused) {
    const TestServer plain([](Peer& peer) {
        peer.write(kOk);
        peer.close();
    });
    BOOST_TEST(outcome(get(plain)) == "transient tls_failed");
}

BOOST_AUTO_TEST_CASE(a_refused_server_gets_no_byte_of_the_request) {
    std::atomic<bool> asked{false};
    const TestServer wrong(makeServer(authority, "DNS:evil.test"), [&](Peer& peer) {
        if (peer.handshake()) asked = !peer.readRequest().empty();
    });
    for (int i = 0; i < 3; ++i) BOOST_TEST(outcome(get(wrong)) == "transient tls_failed");
    BOOST_TEST(!asked);
}

BOOST_AUTO_TEST_CASE(a_ca_file_that_cannot_be_used_stops_the_start) {
    options.ca_file = "/nonexistent/ca.pem";
    BOOST_CHECK_EXCEPTION(net::Outbound(options, resolver, logger), Error, [](const Error& error) {
        return error.message() == "No trusted certificates can be read from /nonexistent/ca.pem";
    });
}

BOOST_AUTO_TEST_SUITE_END()
