// Each unsafe route by each way that another site could try it (SES-03).

#include <boost/test/unit_test.hpp>

#include "api/cross_site.hpp"
#include "api/routes.hpp"
#include "route_calls.hpp"
#include "world.hpp"

using namespace postato;
using namespace postato::api;
using namespace postato::api::testing;

namespace {

struct Attempt {
    const char* what;
    const char* origin;      ///< nullptr: none sent
    const char* fetch_site;  ///< nullptr: none sent
    const char* media_type;
    const char* token;  ///< nullptr: the right one
};

constexpr const char* kOrigin = "https://postato.example";
constexpr const char* kJson = "application/json";
constexpr Attempt kAttempts[] = {
    {"no token", kOrigin, "same-origin", kJson, ""},
    {"wrong token", kOrigin, "same-origin", kJson, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    {"evil origin", "https://evil.example", nullptr, kJson, nullptr},
    {"origin null", "null", nullptr, kJson, nullptr},
    {"origin with our name in front", "https://postato.example.evil.example", nullptr, kJson,
     nullptr},
    {"cross-site", kOrigin, "cross-site", kJson, nullptr},
    {"same-site", kOrigin, "same-site", kJson, nullptr},
    {"text/plain", kOrigin, "same-origin", "text/plain", nullptr},
    {"multipart", kOrigin, "same-origin", "multipart/form-data; boundary=x", nullptr},
};

struct CrossSiteWorld : World {
    WorkspaceId workspace = makeWorkspace("north");
    Browser owner = signIn("owner@example.com", "owner");
    std::string account = connect(owner, workspace, "somebody");

    http::Response attempt(const Route& route, const Attempt& attempt, const Browser& browser) {
        const PathValues values{.workspace = workspace.str(), .account = account};
        Call call{std::string(route.method), pathOf(route, values), bodyOf(route, values), {}};
        if (call.body.empty()) call.body = "{}";
        call.headers = {{"cookie", browser.cookieHeader()}, {"content-type", attempt.media_type}};
        if (attempt.origin != nullptr) call.headers.emplace_back("origin", attempt.origin);
        if (attempt.fetch_site != nullptr)
            call.headers.emplace_back("sec-fetch-site", attempt.fetch_site);
        call.headers.emplace_back("x-csrf-token",
                                  attempt.token == nullptr ? browser.csrf_token : attempt.token);
        return send(call);
    }
};

/// Where no session acts there is no token either.
bool appliesTo(const Attempt& attempt, const Route& route) {
    const bool by_session = route.access != Access::SignIn && route.access != Access::State;
    return attempt.token == nullptr || by_session;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cross_site_tests, CrossSiteWorld)

BOOST_AUTO_TEST_CASE(every_unsafe_route_refuses_every_attempt) {
    for (const auto& route : routes()) {
        if (!isUnsafe(route.method)) continue;
        for (const auto& one : kAttempts) {
            if (!appliesTo(one, route)) continue;
            const auto response = attempt(route, one, owner);
            BOOST_TEST((response.status == 403 || response.status == 415),
                       describe(route) << ", " << one.what << ": " << response.status);
        }
    }
    BOOST_TEST(asPage(owner, "GET", "/session").status == 200);
    BOOST_TEST(
        asPage(owner, "GET", "/v1/workspaces/" + workspace.str() + "/accounts/" + account).status ==
        200);
}

BOOST_AUTO_TEST_CASE(the_same_calls_from_our_own_pages_get_through) {
    constexpr Attempt kOwnPage = {"own page", kOrigin, "same-origin", kJson, nullptr};
    for (const auto& route : routes()) {
        if (!isUnsafe(route.method) || route.access == Access::State) continue;
        auto person =
            signIn("p" + std::to_string(&route - routes().data()) + "@example.com", "owner");
        const auto response = attempt(route, kOwnPage, person);
        BOOST_TEST((response.status != 403 && response.status != 415),
                   describe(route) << ": " << response.status);
    }
}

BOOST_AUTO_TEST_CASE(no_answer_invites_other_sites) {
    for (const auto* method : {"OPTIONS", "GET", "POST"}) {
        const auto response =
            send({method, "/v1/workspaces", "", {{"origin", "https://evil.example"}}});
        for (const auto& [name, value] : response.headers())
            BOOST_TEST(!name.starts_with("access-control-"), name << ": " << value);
    }
}

BOOST_AUTO_TEST_SUITE_END()
