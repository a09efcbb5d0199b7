#include "http/error_response.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <set>

using namespace postato;
using http::statusResponse;
using http::toResponse;
using nlohmann::json;

namespace {

Error error(ErrorCode code) {
    return Error(code, PublicMessage{"public words"}, InternalDetail{"internal words"});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(error_response_tests)

BOOST_AUTO_TEST_CASE(the_whole_table) {
    struct Expected {
        ErrorCode code;
        int status;
        std::string name;
    };
    const Expected expected[] = {
        {ErrorCode::InvalidArgument, 400, "INVALID_REQUEST"},
        {ErrorCode::Unauthenticated, 401, "unauthorized"},
        {ErrorCode::PermissionDenied, 403, "permission_denied"},
        {ErrorCode::WorkspaceRequired, 403, "workspace_required"},
        {ErrorCode::NotFound, 404, "not_found"},
        {ErrorCode::Conflict, 409, "conflict"},
        {ErrorCode::Unprocessable, 422, "VALIDATION_FAILED"},
        {ErrorCode::RateLimited, 429, "rate_limited"},
        {ErrorCode::AccountNotUsable, 422, "VALIDATION_FAILED"},
        {ErrorCode::PlatformMisconfigured, 503, "unavailable"},
        {ErrorCode::PlatformUnavailable, 502, "bad_gateway"},
        {ErrorCode::Unavailable, 503, "unavailable"},
        {ErrorCode::DecryptFailed, 500, "internal_error"},
        {ErrorCode::Internal, 500, "internal_error"},
    };
    BOOST_TEST(std::size(expected) == http::kErrorTable.size());
    std::set<ErrorCode> codes;
    for (const auto& row : expected) {
        codes.insert(row.code);
        const auto response = toResponse(error(row.code), "req_1");
        BOOST_TEST(response.status == row.status);
        const auto body = json::parse(response.body);
        BOOST_TEST(body["error"].get<std::string>() == row.name);
        BOOST_TEST(body["message"].get<std::string>() == "public words");
        BOOST_TEST(body["requestId"].get<std::string>() == "req_1");
        BOOST_TEST(response.body.find("internal words") == std::string::npos);
        BOOST_TEST(*response.header("content-type") == "application/json");
        BOOST_TEST(*response.header("cache-control") == "no-store");
    }
    BOOST_TEST(codes.size() == static_cast<std::size_t>(ErrorCode::Internal));
}

BOOST_AUTO_TEST_CASE(a_number_that_is_no_code_is_internal) {
    BOOST_TEST(toResponse(error(ErrorCode(999)), "req_1").status == 500);
}

BOOST_AUTO_TEST_CASE(field_problems_are_details) {
    const auto response = toResponse(invalidField("accountId", "Required"), "req_1");
    const auto body = json::parse(response.body);
    BOOST_TEST(body["details"] == json::parse(R"({"accountId": ["Required"]})"));
    BOOST_TEST(!body.contains("errors"));
}

BOOST_AUTO_TEST_CASE(rule_problems_are_a_list) {
    auto problem = error(ErrorCode::Unprocessable);
    problem.fields["content"] = {"Too long", "Too loud"};
    const auto body = json::parse(toResponse(problem, "req_1").body);
    BOOST_TEST(body["errors"] == json::parse(R"([{"field": "content", "message": "Too long"},
                                                 {"field": "content", "message": "Too loud"}])"));
    BOOST_TEST(!body.contains("details"));
}

BOOST_AUTO_TEST_CASE(a_missing_permission_is_named) {
    auto denied = error(ErrorCode::PermissionDenied);
    denied.required = "posts.publish";
    denied.granted = {"posts.read"};
    const auto body = json::parse(toResponse(denied, "req_1").body);
    BOOST_TEST(body["required"].get<std::string>() == "posts.publish");
    BOOST_TEST(body["granted"] == json::array({"posts.read"}));
}

BOOST_AUTO_TEST_CASE(a_limit_says_when_to_come_back) {
    auto limited = error(ErrorCode::RateLimited);
    limited.retry_after = std::chrono::seconds(30);
    const auto response = toResponse(limited, "req_1");
    BOOST_TEST(*response.header("retry-after") == "30");
    BOOST_TEST(json::parse(response.body)["details"]["retryAfter"].get<int>() == 30);
    BOOST_TEST(toResponse(error(ErrorCode::RateLimited), "r").header("retry-after") == nullptr);
}

BOOST_AUTO_TEST_CASE(an_unknown_caller_is_told_how_to_say_who_it_is) {
    const auto response = toResponse(error(ErrorCode::Unauthenticated), "req_1");
    BOOST_REQUIRE(response.header("www-authenticate") != nullptr);
    BOOST_TEST(*response.header("www-authenticate") == "Bearer");
}

BOOST_AUTO_TEST_CASE(statuses_of_http_itself_have_the_same_envelope) {
    for (const int status :
         {400, 404, 405, 408, 411, 413, 414, 415, 417, 431, 500, 501, 503, 505}) {
        const auto response = statusResponse(status, "req_2");
        BOOST_TEST(response.status == status);
        const auto body = json::parse(response.body);
        BOOST_TEST(!body["error"].get<std::string>().empty());
        BOOST_TEST(!body["message"].get<std::string>().empty());
        BOOST_TEST(body["requestId"].get<std::string>() == "req_2");
        BOOST_TEST((response.header("retry-after") != nullptr) == (status == 503));
        BOOST_TEST((response.header("allow") != nullptr) == (status == 405));
    }
    BOOST_TEST(statusResponse(299, "req_2").status == 500);
}

BOOST_AUTO_TEST_SUITE_END()
