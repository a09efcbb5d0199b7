/// \file
/// Whatever a handler throws becomes the envelope, and the server goes on.

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "front.hpp"

using namespace postato::http;
using namespace postato::http::testing;

BOOST_AUTO_TEST_SUITE(catch_all_tests)

const std::string kThrowing[] = {"/throw/std", "/throw/int", "/throw/bad_alloc"};

BOOST_DATA_TEST_CASE(anything_thrown_is_an_internal_error, kThrowing, path) {
    Front front(testOptions());
    auto client = front.client();
    const auto answer = client.get(path);
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->status == 500);
    BOOST_TEST(answer->headers.at("content-type") == "application/json");
    const nlohmann::json body = nlohmann::json::parse(answer->body);
    BOOST_TEST(body["error"].get<std::string>() == "internal_error");
    BOOST_TEST(body["requestId"].get<std::string>() == answer->headers.at("x-request-id"));
    BOOST_TEST(client.get("/echo").value().status == 200);
    BOOST_TEST(front.client().get("/echo").value().status == 200);
}

BOOST_AUTO_TEST_CASE(an_error_becomes_its_status) {
    Front front(testOptions());
    const auto answer = front.client().get("/throw/error");
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->status == 409);
    BOOST_TEST(nlohmann::json::parse(answer->body)["message"].get<std::string>() == "public words");
    BOOST_TEST(answer->body.find("internal words") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_log_has_our_detail_and_no_strangers_text) {
    Front front(testOptions());
    const auto ours = front.client().get("/throw/internal");
    const auto foreign = front.client().get("/throw/std");
    BOOST_REQUIRE(ours.has_value());
    BOOST_REQUIRE(foreign.has_value());
    const auto log = front.log();
    BOOST_TEST(log.find("internal words") != std::string::npos);
    BOOST_TEST(log.find(ours->headers.at("x-request-id")) != std::string::npos);
    BOOST_TEST(log.find("std::runtime_error") != std::string::npos);
    BOOST_TEST(log.find(foreign->headers.at("x-request-id")) != std::string::npos);
    BOOST_TEST(log.find("bound value") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
