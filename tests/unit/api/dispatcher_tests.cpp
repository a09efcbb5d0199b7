#include "api/dispatcher.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "api/routes.hpp"
#include "route_calls.hpp"
#include "world.hpp"

using namespace postato;
using namespace postato::api;
using namespace postato::api::testing;

BOOST_FIXTURE_TEST_SUITE(dispatcher_tests, World)

BOOST_AUTO_TEST_CASE(what_no_row_means_is_404_405_or_501) {
    BOOST_TEST(send({"GET", "/v1/nothing", "", {}}).status == 404);
    const auto wrong_method = send({"PATCH", "/v1/workspaces", "", {}});
    BOOST_TEST(wrong_method.status == 405);
    BOOST_TEST(headerOf(wrong_method, "allow") == "GET, HEAD");
    BOOST_TEST(send({"BREW", "/v1/workspaces", "", {}}).status == 501);
}

BOOST_AUTO_TEST_CASE(every_answer_names_its_route_and_carries_security_headers) {
    for (const auto& route : routes()) {
        const PathValues values{.workspace = "wks_x", .account = "acc_x"};
        const auto response = send({std::string(route.method), pathOf(route, values), "", {}});
        BOOST_TEST_CONTEXT(describe(route)) {
            BOOST_TEST(response.route_template == route.pattern);
            BOOST_TEST(headerOf(response, "x-content-type-options") == "nosniff");
            BOOST_TEST(!headerOf(response, "strict-transport-security").empty());
            BOOST_TEST(!headerOf(response, "cache-control").empty());
            BOOST_TEST(response.status < 500);
        }
    }
    BOOST_TEST(send({"GET", "/secret-path", "", {}}).route_template.empty());
}

BOOST_AUTO_TEST_CASE(every_json_failure_is_the_envelope_with_the_request_id) {
    for (const auto* target : {"/v1/workspaces", "/nothing", "/session"}) {
        const auto body = nlohmann::json::parse(send({"GET", target, "", {}}).body);
        BOOST_TEST(body["error"].is_string());
        BOOST_TEST(body["message"].is_string());
        BOOST_TEST(body["requestId"].get<std::string>().starts_with("req_"));
    }
}

BOOST_AUTO_TEST_CASE(a_page_that_acts_is_not_served_to_head) {
    BOOST_TEST(send({"HEAD", "/connect/fakebook/callback?state=x&code=y", "", {}}).status == 405);
    BOOST_TEST(send({"HEAD", "/live", "", {}}).status == 200);
}

BOOST_AUTO_TEST_CASE(alive_is_answered_without_the_database_and_ready_with_it) {
    const auto before = database.statementsRun();
    http::Request request;
    request.method = "GET";
    request.path = "/live";
    const auto response = dispatcher.answerInline(request);
    BOOST_REQUIRE(response);
    BOOST_TEST(response->status == 200);
    BOOST_TEST(database.statementsRun() == before);
    request.path = "/ready";
    BOOST_TEST(!dispatcher.answerInline(request));

    BOOST_TEST(send({"GET", "/ready", "", {}}).status == 200);
    readiness.drain();
    const auto draining = send({"GET", "/ready", "", {}});
    BOOST_TEST(draining.status == 503);
    BOOST_TEST(draining.body == R"({"status":"unavailable"})");
}

BOOST_AUTO_TEST_CASE(what_waits_for_others_is_kept_off_the_fast_lane) {
    using http::Lane;
    const auto lane = [&](const char* method, const char* path) {
        return dispatcher.place(method, path).lane;
    };
    BOOST_CHECK(lane("GET", "/connect/fakebook/callback") == Lane::Outbound);
    BOOST_CHECK(lane("POST", "/v1/workspaces/w/accounts/a/refresh") == Lane::Outbound);
    BOOST_CHECK(lane("POST", "/session") == Lane::Hashing);
    BOOST_CHECK(lane("PUT", "/session/password") == Lane::Hashing);
    BOOST_CHECK(lane("GET", "/v1/workspaces/w/accounts") == Lane::Fast);
    BOOST_CHECK(lane("GET", "/nothing") == Lane::Fast);
}

BOOST_AUTO_TEST_CASE(requests_that_wait_for_one_platform_are_one_group) {
    const auto group = [&](const char* method, const char* path) {
        return dispatcher.place(method, path).group;
    };
    BOOST_TEST(group("GET", "/connect/fakebook/callback") == "fakebook");
    BOOST_TEST(group("GET", "/connect/chirper/callback") == "chirper");
    // Which platform an account is of stands in no path.
    BOOST_TEST(group("POST", "/v1/workspaces/w/accounts/a/refresh") ==
               group("POST", "/v1/workspaces/w/accounts/b/refresh"));
}

BOOST_AUTO_TEST_SUITE_END()
