// Who may read the metrics, and what stands in them.

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "world.hpp"

using namespace postato;
using namespace postato::api;
using namespace postato::api::testing;

namespace {

struct MetricsWorld : World {
    http::Response read(const std::string& authorization) {
        Call call{"GET", "/metrics"};
        if (!authorization.empty()) call.headers.emplace_back("authorization", authorization);
        return send(call);
    }
    std::string text() { return read("Bearer " + kMetricsToken).body; }
    bool holds(const std::string& line) {
        return text().find("\n" + line + "\n") != std::string::npos;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(metrics_api_tests, MetricsWorld)

BOOST_AUTO_TEST_CASE(only_whoever_holds_the_token_reads_them) {
    const auto answer = read("Bearer " + kMetricsToken);
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(*answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
    for (const std::string wrong : {"", "Bearer", "Bearer ", "Basic ", "Bearer wrong", "bearer "}) {
        const auto refused = read(wrong.ends_with(' ') && wrong != "Bearer " && !wrong.empty()
                                      ? wrong + kMetricsToken
                                      : wrong);
        BOOST_TEST(refused.status == 401);
        BOOST_TEST(refused.body.find("postato_") == std::string::npos);
    }
    BOOST_TEST(read("Bearer " + kMetricsToken + "x").status == 401);
    BOOST_TEST(read("Bearer " + kMetricsToken.substr(1)).status == 401);
}

BOOST_AUTO_TEST_CASE(without_a_token_there_is_no_such_page) {
    services.options.metrics_token = {};
    BOOST_TEST(read("Bearer ").status == 404);
    BOOST_TEST(read("").status == 404);
}

BOOST_AUTO_TEST_CASE(what_was_counted_is_in_them) {
    metrics.requestAnswered("GET", "/v1/platforms", 200, std::chrono::milliseconds(3));
    metrics.requestAnswered("GET", "/v1/platforms", 200, std::chrono::milliseconds(30));
    metrics.refreshEnded("fakebook", "refreshed");
    metrics.sealedAnew(7);
    metrics.add({"postato_queue", "Waiting", [] {
                     return std::vector<metrics::Reading>{{{{"part", "open"}}, 3}};
                 }});
    metrics.add({"postato_away", "Cannot be read", []() -> std::vector<metrics::Reading> {
                     throw Error(ErrorCode::Unavailable, PublicMessage{"away"});
                 }});
    BOOST_TEST(
        holds(R"(postato_http_requests_total{method="GET",route="/v1/platforms",status="200"} 2)"));
    BOOST_TEST(holds(
        R"(postato_http_request_duration_seconds_bucket{route="/v1/platforms",le="0.005"} 1)"));
    BOOST_TEST(holds(R"(postato_http_request_duration_seconds_count{route="/v1/platforms"} 2)"));
    BOOST_TEST(holds(R"(postato_refreshes_total{outcome="refreshed",platform="fakebook"} 1)"));
    BOOST_TEST(holds("postato_resealed_accounts_total 7"));
    BOOST_TEST(holds(R"(postato_queue{part="open"} 3)"));
    BOOST_TEST(holds(R"(postato_build_info{version="0.0.0"} 1)"));
    BOOST_TEST(text().find("postato_away") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
