// What the client sends, to whom, and how often (OUT-05).

#include "net/platform_http_client.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "client_fixture.hpp"

using namespace postato;
using namespace postato::net_tests;

namespace {

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Seen: yes\r\n\r\nok";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(client_tests, ClientFixture)

BOOST_AUTO_TEST_CASE(the_request_arrives_as_it_was_made) {
    std::string seen;
    {
        const TestServer listening(server(), [&](Peer& peer) {
            if (!peer.handshake()) return;
            seen = peer.readRequest();
            peer.write(kOk);
            peer.close();
        });
        const auto result = send({"POST",
                                  url(listening),
                                  {{"Content-Type", "application/x-www-form-urlencoded"}},
                                  "grant_type=refresh_token"});
        BOOST_TEST(outcome(result) == "200");
        BOOST_TEST(*sdk::findHeader(result.value().headers, "x-seen") == "yes");
        BOOST_TEST(seen == "POST /path?secret=canary HTTP/1.1\r\nHost: platform.test:" +
                               std::to_string(listening.port()) +
                               "\r\nUser-Agent: postato/test\r\nConnection: close\r\n"
                               "Content-Type: application/x-www-form-urlencoded\r\n"
                               "Content-Length: 24\r\n\r\ngrant_type=refresh_token");
    }
}

BOOST_AUTO_TEST_CASE(a_redirect_is_an_answer_and_is_not_followed) {
    const TestServer target(server(), answering(kOk));
    const TestServer redirecting(server(),
                                 answering("HTTP/1.1 302 Found\r\nLocation: " + url(target) +
                                           "\r\nContent-Length: 0\r\n\r\n"));
    const auto result =
        send({"POST", url(redirecting), {{"Authorization", "Bearer canary"}}, "a=b"});
    BOOST_TEST(outcome(result) == "302");
    BOOST_TEST(*sdk::findHeader(result.value().headers, "location") == url(target));
    BOOST_TEST(target.connections() == 0);
}

BOOST_AUTO_TEST_CASE(every_status_is_an_answer) {
    for (const int status : {200, 201, 400, 401, 403, 404, 429, 500, 503}) {
        const TestServer answering_it(server(), answering("HTTP/1.1 " + std::to_string(status) +
                                                          " Words\r\nContent-Length: 2\r\n\r\n{}"));
        BOOST_TEST(outcome(get(answering_it)) == std::to_string(status));
    }
}

BOOST_AUTO_TEST_CASE(a_request_is_sent_once_whatever_happens) {
    const TestServer dropping(server(), [](Peer& peer) {
        if (!peer.handshake()) return;
        peer.readRequest();
        peer.reset();
    });
    for (const auto* method : {"GET", "POST"}) {
        const int before = dropping.connections();
        BOOST_TEST(outcome(send({method, url(dropping), {}, {}})) == "ambiguous connection_lost");
        BOOST_TEST(dropping.connections() == before + 1);
    }
}

BOOST_AUTO_TEST_CASE(the_calls_of_one_operation_share_connections_with_nobody) {
    const TestServer good(server(), answering(kOk));
    net::Outbound outbound(options, resolver, logger);
    const auto client = outbound.client(kAmple);
    for (int i = 1; i <= 3; ++i) {
        BOOST_TEST(outcome(client->send({"GET", url(good), {}, {}})) == "200");
        BOOST_TEST(good.connections() == i);
    }
}

BOOST_AUTO_TEST_CASE(the_calls_of_one_operation_share_a_deadline) {
    const TestServer good(server(), answering(kOk));
    net::Outbound outbound(options, resolver, logger);
    net::PlatformHttpClient late(outbound, std::chrono::steady_clock::now());
    BOOST_TEST(outcome(late.send({"GET", url(good), {}, {}})) == "transient deadline");
    BOOST_TEST(good.connections() == 0);
}

BOOST_AUTO_TEST_CASE(all_addresses_are_tried) {
    const TestServer good(server(), answering(kOk));
    resolver.names["platform.test"] = {"::1", "127.0.0.2", "127.0.0.1"};
    BOOST_TEST(outcome(get(good)) == "200");
}

BOOST_AUTO_TEST_CASE(an_unknown_name_is_transient) {
    BOOST_TEST(outcome(send({"GET", "https://unknown.test/", {}, {}})) == "transient dns_failed");
}

BOOST_AUTO_TEST_CASE(a_refused_connection_is_transient) {
    std::string gone;
    {
        const TestServer closed(server(), answering(kOk));
        gone = url(closed);
    }
    BOOST_TEST(outcome(send({"GET", gone, {}, {}})) == "transient connect_failed");
}

BOOST_AUTO_TEST_CASE(plain_http_goes_to_configured_loopback_origins_only) {
    const TestServer plain(answering(kOk));
    const auto call = [&](const std::string& host) {
        return outcome(send({"GET", url(plain, host, "http"), {}, {}}));
    };
    const auto origin = [&](const std::string& host) {
        return "http://" + host + ":" + std::to_string(plain.port());
    };
    BOOST_TEST(call("127.0.0.1") == "protocol url_refused");
    options.plain_origins = {origin("127.0.0.1"), origin("platform.test")};
    BOOST_TEST(call("127.0.0.1") == "200");
    BOOST_TEST(call("localhost") == "protocol url_refused");      // another origin
    BOOST_TEST(call("platform.test") == "protocol url_refused");  // configured, but not loopback
    options.plain_origins = {"http://127.0.0.1:1"};
    BOOST_TEST(call("127.0.0.1") == "protocol url_refused");  // another port
    BOOST_TEST(plain.connections() == 1);
}

BOOST_AUTO_TEST_CASE(a_plain_answer_cut_short_does_not_count_either) {
    const TestServer plain(answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"));
    options.plain_origins = {"http://127.0.0.1:" + std::to_string(plain.port())};
    BOOST_TEST(outcome(send({"GET", url(plain, "127.0.0.1", "http"), {}, {}})) ==
               "ambiguous answer_unusable");
}

const sdk::HttpRequest kUnsendable[] = {
    {"GET", "ftp://platform.test/", {}, {}},
    {"GET", "https://user:pass@platform.test/", {}, {}},
    {"GET", "https://platform.test/\r\nX: y", {}, {}},
    {"CONNECT", "https://platform.test/", {}, {}},
    {"GET /x HTTP/1.1\r\nX: y\r\n\r\nGET", "https://platform.test/", {}, {}},
    {"GET", "https://platform.test/", {{"X", "a\r\nY: b"}}, {}},
    {"GET", "https://platform.test/", {{"X: a\r\nY", "b"}}, {}},
    {"GET", "https://platform.test/", {{"Host", "other.test"}}, {}},
    {"POST", "https://platform.test/", {{"content-length", "0"}}, "body"},
    {"POST", "https://platform.test/", {{"Transfer-Encoding", "chunked"}}, "body"},
};

BOOST_AUTO_TEST_CASE(a_malformed_request_never_leaves) {
    for (const auto& request : kUnsendable)
        BOOST_TEST(outcome(send(request)).starts_with("protocol "));
}

BOOST_AUTO_TEST_CASE(the_log_has_the_path_and_never_the_query) {
    std::array<int, 2> pipe{};
    BOOST_REQUIRE(::pipe(pipe.data()) == 0);
    {
        const Logger verbose(clock, pipe[1], LogLevel::Debug);
        net::Outbound outbound(options, resolver, verbose);
        const TestServer good(server(), answering(kOk));
        const TestServer bad(server(), answering("no HTTP at all canary\r\n\r\n"));
        const sdk::Headers headers{{"Authorization", "Bearer canary"}};
        outbound.client(kAmple)->send({"POST", url(good), headers, "token=canary"});
        outbound.client(kAmple)->send({"POST", url(bad), headers, "token=canary"});
    }
    ::close(pipe[1]);
    std::string log;
    std::array<char, 4096> buffer{};
    for (ssize_t count; (count = ::read(pipe[0], buffer.data(), buffer.size())) > 0;)
        log.append(buffer.data(), static_cast<std::size_t>(count));
    ::close(pipe[0]);
    BOOST_TEST(log.find("http.called") != std::string::npos);
    BOOST_TEST(log.find("http.failed") != std::string::npos);
    BOOST_TEST(log.find("\"path\":\"/path\"") != std::string::npos);
    BOOST_TEST(log.find("canary") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
