/// \file
/// Every limit at its edge and one beyond (the sizes of a head are in the unit tests).

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "front.hpp"

using namespace postato::http;
using namespace postato::http::testing;

namespace {

std::string postOf(std::string_view path, std::size_t bytes) {
    std::string request = "POST ";
    request.append(path).append(" HTTP/1.1\r\nHost: a\r\nContent-Length: ");
    request.append(std::to_string(bytes)).append("\r\n\r\n");
    return request + std::string(bytes, 'b');
}

int statusOf(Front& front, const std::string& request) {
    auto client = front.client();
    client.send(request);
    const auto answer = client.read();
    if (!answer) return 0;
    if (answer->status >= 400) {
        const auto body = nlohmann::json::parse(answer->body);
        BOOST_TEST(body["requestId"].get<std::string>() == answer->headers.at("x-request-id"));
        BOOST_TEST(answer->headers.at("connection") == "close");
    }
    return answer->status;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(limits_tests)

BOOST_AUTO_TEST_CASE(a_body_may_be_as_large_as_its_route_says) {
    Front front(testOptions());
    const auto usual = ServerOptions().body_bytes;
    BOOST_TEST(statusOf(front, postOf("/echo", usual)) == 200);
    BOOST_TEST(statusOf(front, postOf("/echo", usual + 1)) == 413);
    BOOST_TEST(statusOf(front, postOf("/small", 10)) == 200);
    BOOST_TEST(statusOf(front, postOf("/small", 11)) == 413);
}

BOOST_AUTO_TEST_CASE(chunks_are_counted_together) {
    Front front(testOptions());
    const std::string head =
        "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    BOOST_TEST(statusOf(front, head + "5\r\nhello\r\n5\r\nhello\r\n0\r\n\r\n") == 200);
    BOOST_TEST(statusOf(front, head + "5\r\nhello\r\n6\r\nhello!\r\n0\r\n\r\n") == 413);
}

BOOST_AUTO_TEST_CASE(a_target_may_have_8_kib) {
    Front front(testOptions());
    const auto request = [](std::size_t target) {
        return "GET /" + std::string(target - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
    };
    BOOST_TEST(statusOf(front, request(8 * 1024)) == 200);
    BOOST_TEST(statusOf(front, request(8 * 1024 + 1)) == 414);
}

BOOST_AUTO_TEST_CASE(a_head_may_have_32_kib_and_100_fields) {
    Front front(testOptions());
    const std::string begin = "GET /echo HTTP/1.1\r\nHost: a\r\n";
    const auto sized = [&](std::size_t total) {
        const std::string field = begin + "X-Fill: ";
        return field + std::string(total - field.size() - 4, 'a') + "\r\n\r\n";
    };
    BOOST_TEST(statusOf(front, sized(32 * 1024)) == 200);
    BOOST_TEST(statusOf(front, sized(32 * 1024 + 1)) == 431);
    std::string fields = begin;
    for (int i = 1; i < 100; ++i) fields += "X-A: 1\r\n";
    BOOST_TEST(statusOf(front, fields + "\r\n") == 200);
    BOOST_TEST(statusOf(front, fields + "X-A: 1\r\n\r\n") == 431);
}

BOOST_AUTO_TEST_CASE(methods_are_known_or_not) {
    Front front(testOptions());
    const auto with = [](std::string_view method) {
        return std::string(method) + " /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    };
    for (const auto method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
        BOOST_TEST(statusOf(front, with(method)) == 200);
    BOOST_TEST(statusOf(front, with("TRACE")) == 405);
    BOOST_TEST(statusOf(front, with("PROPFIND")) == 501);
}

BOOST_AUTO_TEST_CASE(an_early_refusal_can_be_read_while_the_body_is_still_being_sent) {
    Front front(testOptions());
    auto client = front.client();
    client.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n");
    client.send(std::string(1'000'000, 'b'));
    const auto answer = client.readToEnd();
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(firstStatus(*answer) == 413);
    BOOST_TEST(countResponses(*answer) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
