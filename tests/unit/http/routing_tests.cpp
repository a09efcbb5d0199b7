#include "http/routing.hpp"

#include <array>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>
#include <vector>

using namespace postato::http;

namespace {

/// A table of somebody else's: the matcher needs two members and ignores the rest.
struct Row {
    std::string_view method;
    std::string_view pattern;
    int access;
};

constexpr std::array kRows = {
    Row{"GET", "/", 0},
    Row{"GET", "/v1/workspaces/{workspaceId}/accounts", 1},
    Row{"GET", "/v1/workspaces/{workspaceId}/accounts/{accountId}", 1},
    Row{"DELETE", "/v1/workspaces/{workspaceId}/accounts/{accountId}", 1},
    Row{"POST", "/connect/{platform}/start", 2},
    Row{"GET", "/assets/postato.css", 0},
    Row{"GET", "/assets/{file}", 0},
};

static_assert(std::all_of(kRows.begin(), kRows.end(),
                          [](const Row& row) { return isRoutePattern(row.pattern); }));
static_assert(!isRoutePattern("v1") && !isRoutePattern("/a//b") && !isRoutePattern("/a/"));
static_assert(!isRoutePattern("/{}") && !isRoutePattern("/{a") && !isRoutePattern("/a}"));
static_assert(!isRoutePattern("") && !isRoutePattern("/a{b}c") && !isRoutePattern("/a%20"));

const RouteMatcher& matcher() {
    static const RouteMatcher instance(kRows);
    return instance;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(routing_tests)

BOOST_AUTO_TEST_CASE(a_path_finds_its_row_and_parameters) {
    const auto match = matcher().match("DELETE", "/v1/workspaces/wks_1/accounts/acc%5F2");
    BOOST_TEST(match.status == 200);
    BOOST_TEST(match.index == 3u);
    BOOST_REQUIRE(match.parameter("accountId") != nullptr);
    BOOST_TEST(*match.parameter("workspaceId") == "wks_1");
    BOOST_TEST(*match.parameter("accountId") == "acc_2");
    BOOST_TEST(match.parameter("platform") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_literal_before_a_parameter_wins) {
    BOOST_TEST(matcher().match("GET", "/assets/postato.css").index == 5u);
    BOOST_TEST(matcher().match("GET", "/assets/logo.svg").index == 6u);
}

BOOST_AUTO_TEST_CASE(the_root_is_a_route) {
    BOOST_TEST(matcher().match("GET", "/").status == 200);
    BOOST_TEST(matcher().match("GET", "/").index == 0u);
}

BOOST_AUTO_TEST_CASE(head_is_served_by_get) {
    const auto match = matcher().match("HEAD", "/assets/postato.css");
    BOOST_TEST(match.status == 200);
    BOOST_TEST(match.index == 5u);
}

BOOST_AUTO_TEST_CASE(another_method_is_405_with_what_is_allowed) {
    const auto match = matcher().match("PATCH", "/v1/workspaces/wks_1/accounts/acc_2");
    BOOST_TEST(match.status == 405);
    BOOST_TEST(match.allow == "GET, HEAD, DELETE");
    BOOST_TEST(matcher().match("GET", "/connect/x/start").allow == "POST");
}

BOOST_AUTO_TEST_CASE(an_unknown_method_is_501) {
    BOOST_TEST(matcher().match("BREW", "/").status == 501);
    BOOST_TEST(matcher().match("get", "/").status == 501);
}

const std::string kOddPaths[] = {"//",
                                 "/v1",
                                 "/v1/workspaces/wks_1/accounts/",
                                 "/v1/workspaces//accounts",
                                 "/v1//workspaces/wks_1/accounts",
                                 "/v1/workspaces/wks_1/accounts/acc%2F2",
                                 "/v1/workspaces/wks_1/accounts/acc%5c2",
                                 "/v1/workspaces/wks_1/accounts/acc%00",
                                 "/v1/workspaces/wks_1/accounts/..",
                                 "/v1/workspaces/wks_1/accounts/.",
                                 "/v1/workspaces/wks_1/accounts/%2e%2e",
                                 "/v1/workspaces/wks_1/accounts/%2E",
                                 "/v1/workspaces/wks_1/accounts/%",
                                 "/v1/workspaces/wks_1/accounts/%4",
                                 "/v1/workspaces/wks_1/accounts/%0a",
                                 "/v1/workspaces/wks_1/accounts/%ff",
                                 "/v1/workspaces/wks_1/x/../accounts",
                                 "/%76%31/workspaces/wks_1/accounts",
                                 "/V1/workspaces/wks_1/accounts",
                                 "/assets/postato.css/",
                                 "/assets/%2e%2e%2fetc",
                                 "/assets/..%2fetc%2fpasswd",
                                 "/assets/../etc/passwd",
                                 "/assets/"};

BOOST_DATA_TEST_CASE(odd_paths_are_not_found, kOddPaths, path) {
    BOOST_TEST(matcher().match("GET", path).status == 404);
    BOOST_TEST(matcher().match("POST", path).status == 404);
}

BOOST_AUTO_TEST_CASE(a_parameter_is_decoded_once) {
    const auto match = matcher().match("GET", "/assets/%252e%252e");
    BOOST_TEST(match.status == 200);
    BOOST_TEST(*match.parameter("file") == "%2e%2e");
}

BOOST_AUTO_TEST_CASE(a_table_with_a_mistake_is_refused) {
    using Table = std::vector<RoutePattern>;
    BOOST_CHECK_THROW(RouteMatcher(Table{{"GET", "no-slash"}}), std::logic_error);
    BOOST_CHECK_THROW(RouteMatcher(Table{{"FETCH", "/a"}}), std::logic_error);
    BOOST_CHECK_THROW(RouteMatcher(Table{{"HEAD", "/a"}}), std::logic_error);
    BOOST_CHECK_THROW(RouteMatcher(Table{{"GET", "/a/{b}"}, {"GET", "/a/{c}"}}), std::logic_error);
    BOOST_CHECK_THROW(RouteMatcher(Table{{"GET", "/a/{b}"}, {"GET", "/a/c"}}), std::logic_error);
    BOOST_CHECK_NO_THROW(RouteMatcher(Table{{"GET", "/a/c"}, {"GET", "/a/{b}"}}));
    BOOST_CHECK_NO_THROW(RouteMatcher(Table{{"GET", "/a/{b}"}, {"POST", "/a/c"}}));
}

BOOST_AUTO_TEST_SUITE_END()
