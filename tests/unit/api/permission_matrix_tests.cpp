// Route by permission, and route by role: exactly the cells that the table names are open (KEY-03).

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "api/permissions.hpp"
#include "api/routes.hpp"
#include "route_calls.hpp"
#include "world.hpp"

using namespace postato;
using namespace postato::api;
using namespace postato::api::testing;

namespace {

struct MatrixWorld : World {
    WorkspaceId workspace = makeWorkspace("north");
    // No account has this id, so that nothing happens where a cell is open.
    PathValues values{.workspace = workspace.str(),
                      .account = AccountId::make(clock.now(), random).str()};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(permission_matrix_tests, MatrixWorld)

BOOST_AUTO_TEST_CASE(a_key_opens_exactly_the_routes_of_its_permission) {
    for (const auto& held : accounts::knownPermissions()) {
        const auto key = makeKey({workspace}, {held});
        for (const auto& route : routes()) {
            if (!namesWorkspace(route)) continue;
            BOOST_TEST_CONTEXT(held << " at " << describe(route)) {
                const auto response = asKey(key, std::string(route.method), pathOf(route, values),
                                            bodyOf(route, values));
                BOOST_TEST((response.status != 403) == (route.permission == held));
                if (response.status != 403) continue;
                const auto body = nlohmann::json::parse(response.body);
                BOOST_TEST(body["error"] == "permission_denied");
                BOOST_TEST(body["required"] == route.permission);
                BOOST_TEST(body["granted"] == nlohmann::json::array({held}));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_person_may_what_their_role_may) {
    for (const auto* role : {"viewer", "editor", "admin"}) {
        auto browser = signIn(std::string(role) + "@example.com", "member", {{workspace, role}});
        for (const auto& route : routes()) {
            if (!namesWorkspace(route)) continue;
            BOOST_TEST_CONTEXT(role << " at " << describe(route)) {
                const auto response = asPage(browser, std::string(route.method),
                                             pathOf(route, values), bodyOf(route, values));
                BOOST_TEST((response.status != 403) == Grants::ofRole(role).has(route.permission));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(only_those_who_may_connect_can_start_a_connect) {
    for (const auto* role : {"viewer", "editor", "admin"}) {
        auto browser = signIn(std::string(role) + "@example.com", "member", {{workspace, role}});
        const bool may = std::string_view(role) == "admin";
        const auto body = R"({"workspaceId":")" + workspace.str() + "\"}";
        BOOST_TEST(
            asPage(browser, "POST", "/connect/fakebook/start", body).status == (may ? 200 : 403),
            role);
        BOOST_TEST(
            visit(browser, "/connect/fakebook/start?workspaceId=" + workspace.str()).status ==
                (may ? 200 : 403),
            role);
    }
}

BOOST_AUTO_TEST_CASE(owners_and_super_admins_reach_every_workspace) {
    for (const auto* role : {"owner", "super_admin"}) {
        auto browser = signIn(std::string(role) + "@example.com", role);
        BOOST_TEST(
            asPage(browser, "GET", "/v1/workspaces/" + workspace.str() + "/accounts").status == 200,
            role);
        BOOST_TEST(asPage(browser, "POST", "/v1/workspaces/" + workspace.str() + "/connect-links",
                          R"({"platform":"fakebook"})")
                           .status == 201,
                   role);
    }
}

BOOST_AUTO_TEST_CASE(nobody_gets_anywhere_without_credentials) {
    for (const auto& route : routes()) {
        BOOST_TEST_CONTEXT(describe(route)) {
            Browser nobody;
            const auto response = asPage(nobody, std::string(route.method), pathOf(route, values),
                                         bodyOf(route, values));
            if (route.access == Access::Caller || route.access == Access::Session ||
                route.access == Access::SessionForm) {
                BOOST_TEST(response.status == 401);
                BOOST_TEST(nlohmann::json::parse(response.body)["error"] == "unauthorized");
            } else if (route.access == Access::SessionPage) {
                BOOST_TEST(response.status == 303);
                BOOST_TEST(headerOf(response, "location") == "/sign-in");
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(an_api_key_cannot_do_what_only_people_do) {
    const auto key = makeKey({workspace});
    for (const auto& route : routes()) {
        if (route.access == Access::Caller || route.access == Access::Public) continue;
        BOOST_TEST_CONTEXT(describe(route)) {
            const auto method = std::string(route.method);
            const auto path = pathOf(route, values);
            const auto response = asKey(key, method, path, bodyOf(route, values));
            BOOST_TEST(response.status == 403);
            BOOST_TEST(nlohmann::json::parse(response.body)["error"] == "permission_denied");
            const auto wrong = asKey("smcp_" + std::string(64, '0'), method, path);
            BOOST_TEST(wrong.status == 401);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
