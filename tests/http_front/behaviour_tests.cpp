/// \file
/// HTTP as ordinary clients use it.

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "front.hpp"
#include "util/error.hpp"
#include "util/ids.hpp"

using namespace postato::http;
using namespace postato::http::testing;

BOOST_AUTO_TEST_SUITE(behaviour_tests)

BOOST_AUTO_TEST_CASE(each_answer_has_a_date_and_an_id_of_its_own) {
    Front front(testOptions());
    auto client = front.client();
    std::set<std::string> ids;
    for (const auto path : {"/echo", "/live", "/throw/std"}) {
        const auto answer = client.get(path);
        BOOST_REQUIRE(answer.has_value());
        BOOST_TEST(answer->headers.at("date").ends_with(" GMT"));
        const auto id = answer->headers.at("x-request-id");
        BOOST_TEST(id.starts_with("req_"));
        BOOST_TEST(postato::isUlid(id.substr(4)));
        ids.insert(id);
    }
    BOOST_TEST(ids.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_request_id_from_outside_is_not_believed) {
    Front front(testOptions());
    auto client = front.client();
    client.send("GET /echo HTTP/1.1\r\nHost: a\r\nX-Request-Id: req_mine\r\n\r\n");
    BOOST_TEST(client.read().value().headers.at("x-request-id") != "req_mine");
}

BOOST_AUTO_TEST_CASE(head_has_the_fields_of_get_and_no_body) {
    Front front(testOptions());
    auto client = front.client();
    client.send("HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto head = client.read(true);
    BOOST_REQUIRE(head.has_value());
    BOOST_TEST(head->headers.at("content-length") == "11");
    BOOST_TEST(client.get("/echo").value().body == "GET /echo ");  // nothing stood between
}

BOOST_AUTO_TEST_CASE(no_content_has_no_length) {
    Front front(testOptions());
    auto client = front.client();
    const auto answer = client.get("/no-content");
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->status == 204);
    BOOST_TEST(answer->headers.count("content-length") == 0u);
    BOOST_TEST(client.get("/echo").has_value());
}

BOOST_AUTO_TEST_CASE(a_client_that_waits_for_100_gets_it) {
    Front front(testOptions());
    auto client = front.client();
    client.send(
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    const auto interim = client.read(true);
    BOOST_REQUIRE(interim.has_value());
    BOOST_TEST(interim->status == 100);
    client.send("hello");
    BOOST_TEST(client.read().value().body == "POST /echo hello");
}

BOOST_AUTO_TEST_CASE(a_body_that_would_be_refused_is_not_asked_for) {
    Front front(testOptions());
    auto client = front.client();
    client.send(
        "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n");
    const auto answer = client.readToEnd();
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(firstStatus(*answer) == 413);
    BOOST_TEST(countResponses(*answer) == 1u);
}

BOOST_AUTO_TEST_CASE(a_connection_stays_until_one_side_ends_it) {
    Front front(testOptions());
    auto client = front.client();
    for (int i = 0; i < 5; ++i) BOOST_REQUIRE(client.get("/echo").has_value());
    client.send("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close, x\r\n\r\n");
    const auto last = client.read();
    BOOST_REQUIRE(last.has_value());
    BOOST_TEST(last->headers.at("connection") == "close");
    BOOST_TEST(client.readToEnd().value() == "");
}

BOOST_AUTO_TEST_CASE(http_1_0_closes_unless_asked_to_stay) {
    Front front(testOptions());
    auto closing = front.client();
    closing.send("GET /echo HTTP/1.0\r\n\r\n");
    const auto answer = closing.readToEnd();
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(firstStatus(*answer) == 200);
    auto staying = front.client();
    staying.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    BOOST_TEST(staying.read().value().headers.at("connection") == "keep-alive");
    BOOST_TEST(staying.get("/echo").has_value());
}

BOOST_AUTO_TEST_CASE(a_client_that_has_finished_sending_is_still_answered) {
    Front front(testOptions());
    auto client = front.client();
    client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
    client.finishSending();
    const auto answer = client.readToEnd();
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(firstStatus(*answer) == 200);
}

BOOST_AUTO_TEST_CASE(a_large_answer_arrives_whole) {
    Front front(testOptions());
    front.large_bytes = 8 * 1024 * 1024;
    auto client = front.client();
    const auto answer = client.get("/large");  // in many pieces: no send buffer holds it
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->body.size() == front.large_bytes);
    BOOST_TEST(client.get("/echo").has_value());
}

BOOST_AUTO_TEST_CASE(the_access_log_knows_templates_and_no_paths) {
    Front front(testOptions());
    {
        auto client = front.client();
        client.send("POST /echo?code=secret HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        const auto answer = client.read();
        BOOST_REQUIRE(answer.has_value());
        client.send("BREW-secret /secret HTTP/1.1\r\nHost: a\r\n\r\n");
        BOOST_REQUIRE(client.readToEnd().has_value());
        const auto summaries = front.summaries();
        BOOST_REQUIRE(summaries.size() == 2u);
        BOOST_TEST(summaries[0].method == "POST");
        BOOST_TEST(summaries[0].route == "/echo-template");
        BOOST_TEST(summaries[0].status == 200);
        BOOST_TEST(summaries[0].duration.count() > 0);
        BOOST_TEST(summaries[0].request_id == answer->headers.at("x-request-id"));
        BOOST_TEST(summaries[1].method == "other");
        BOOST_TEST(summaries[1].route == "");
        BOOST_TEST(summaries[1].status == 501);
    }
    BOOST_TEST(front.log().find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(forwarded_addresses_come_from_trusted_proxies_only) {
    const std::string_view request =
        "GET /address HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n";
    Front strict(testOptions());
    auto spoofer = strict.client();
    spoofer.send(request);
    BOOST_TEST(spoofer.read().value().body == "127.0.0.1");
    auto options = testOptions();
    options.trusted_proxies = {"127.0.0.1"};
    Front behind_proxy(options);
    auto proxy = behind_proxy.client();
    proxy.send(request);
    BOOST_TEST(proxy.read().value().body == "203.0.113.9");
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_an_error_with_a_reason) {
    Front front(testOptions());
    auto options = testOptions();
    options.port = front.port();
    try {
        Front second(options);
        BOOST_FAIL("two servers share a port");
    } catch (const postato::Error& error) {
        BOOST_CHECK(error.code() == postato::ErrorCode::Unavailable);
        BOOST_TEST(error.message().find(std::to_string(front.port())) != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
