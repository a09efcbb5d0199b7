// What strangers put into the addresses of a connect (CON-10, CON-11, CON-13).

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "http/html.hpp"
#include "util/encoding.hpp"
#include "world.hpp"

using namespace postato;
using namespace postato::api;
using namespace postato::api::testing;

namespace {

const std::string kState(43, 'A');
const std::string kLong(2049, 'a');

const std::vector<std::string> kMalformedQueries = {
    "",
    "code=a",
    "state=",
    "state",
    "=",
    "&",
    "code=a&state=" + kState + "&state=" + kState,
    "code=a&code=a&state=" + kState,
    "code=a&code=b&state=" + kState,
    "code=a&error=b&state=" + kState,
    "error=a&error=b&state=" + kState,
    "iss=a&iss=b&code=a&state=" + kState,
    "x=1&x=2&code=a&state=" + kState,
    "code=a&state=" + kLong,
    "code=" + kLong + "&state=" + kState,
    "error_description=" + kLong + "&error=a&state=" + kState,
    kLong + "=1&code=a&state=" + kState,
    "code=%00&state=" + kState,
    "code=a%00b&state=" + kState,
    "code=a&state=%00",
    "code=a&st%00ate=" + kState,
    "code=%&state=" + kState,
    "code=%1&state=" + kState,
    "code=%zz&state=" + kState,
    "code=%ff&state=" + kState,
    "code=%c0%af&state=" + kState,
    "code=%ed%a0%80&state=" + kState,
    "=code&state=" + kState,
    "code=a&state[]=" + kState,
    "CODE=a&STATE=" + kState,
    "code=a;state=" + kState,
    "code=a&state=" + kState,
    "code=a&state=%20" + kState,
    "code=a&state=" + kState + "%0d%0aSet-Cookie:x=y",
    "code=a&state=" + kState + "'--",
    "code[]=a&state=" + kState,
    "code=&error=&state=" + kState,
    "error=access_denied",
    "state=null&code=null",
    "state=undefined&code=undefined",
};

const std::vector<std::string> kVectors = {
    "<svg onload=alert(1)>",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "</title><script>alert(1)</script>",
    "</main><iframe src=//evil.example>",
    "\" autofocus onfocus=alert(1) x=\"",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "{{constructor.constructor('alert(1)')()}}",
    "<a href=//evil.example>click</a>",
};

struct InputWorld : World {
    WorkspaceId workspace = makeWorkspace("north");
    Browser owner = signIn("owner@example.com", "owner");
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(callback_input_tests, InputWorld)

BOOST_AUTO_TEST_CASE(every_malformed_callback_gets_the_same_page) {
    std::string page;
    for (const auto& query : kMalformedQueries) {
        const auto response = visit(owner, "/connect/fakebook/callback?" + query);
        BOOST_TEST(response.status == 400, query);
        if (page.empty()) page = response.body;
        BOOST_TEST(response.body == page, query);
    }
    BOOST_TEST(kMalformedQueries.size() >= 40u);
    BOOST_TEST(platform->exchanges == 0);
}

BOOST_AUTO_TEST_CASE(a_malformed_callback_spends_nothing) {
    const auto state = beginConnect(owner, workspace);
    for (const auto* more : {"code=a&code=b", "code=a&error=b", "code=%00", "code=a&x=1&x=2"})
        BOOST_TEST(
            visit(owner, std::string("/connect/fakebook/callback?state=") + state + "&" + more)
                    .status == 400,
            more);
    BOOST_TEST(visit(owner, "/connect/fakebook/callback?code=ann&state=" + state).status == 303);
}

BOOST_AUTO_TEST_CASE(nothing_that_a_callback_says_is_shown) {
    for (const auto& vector : kVectors) {
        const auto encoded = percentEncode(vector);
        const auto state = beginConnect(owner, workspace);
        const std::string targets[] = {
            "/connect/fakebook/callback?error=" + encoded + "&state=" + kState,
            "/connect/fakebook/callback?error=x&error_description=" + encoded + "&state=" + kState,
            "/connect/fakebook/callback?code=x&state=" + encoded,
            "/connect/fakebook/callback?code=x&state=" + kState + "&" + encoded + "=1",
            "/connect/fakebook/callback?error=" + encoded + "&error_description=" + encoded +
                "&state=" + state,
            "/connect/" + encoded + "/callback?code=x&state=" + kState,
            "/connect/fakebook/result?connection=" + encoded,
            "/connect/fakebook/choose?connection=" + encoded,
            "/connect/links/" + encoded,
            "/connect/fakebook/start?workspaceId=" + encoded,
            "/connect/fakebook/start?workspaceId=" + workspace.str() + "&returnTo=" + encoded,
            "/connect/fakebook/start?workspaceId=" + workspace.str() + "&accountId=" + encoded,
        };
        for (const auto& target : targets) {
            auto response = visit(owner, target);
            if (response.status == 303) response = visit(owner, headerOf(response, "location"));
            BOOST_TEST(response.body.find(vector) == std::string::npos, target);
            BOOST_TEST(response.body.find(http::escapeHtml(vector)) == std::string::npos, target);
            BOOST_TEST(
                headerOf(response, "content-security-policy").starts_with("default-src 'none'"),
                target);
            BOOST_TEST(response.status < 500, target);
        }
    }
}

BOOST_AUTO_TEST_CASE(names_from_a_platform_are_text) {
    const auto state = beginConnect(owner, workspace);
    const auto response = visit(
        owner, "/connect/fakebook/callback?state=" + state + "&code=" + percentEncode("<script>x"));
    const auto account = nlohmann::json::parse(
        asPage(owner, "GET", "/v1/workspaces/" + workspace.str() + "/accounts").body)["items"][0];
    BOOST_TEST(account["username"] == "@<script>x");
    const auto pinned = beginConnect(owner, workspace,
                                     R"(,"accountId":")" + account["id"].get<std::string>() + "\"");
    const auto wrong = visit(owner, "/connect/fakebook/callback?code=other&state=" + pinned);
    const auto page = visit(owner, headerOf(wrong, "location"));
    BOOST_TEST(page.body.find("@&lt;script&gt;x") != std::string::npos);
    BOOST_TEST(page.body.find("<script>") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_connect_returns_to_our_own_pages_only) {
    const auto landing = [&](const std::string& return_to) {
        const auto state =
            beginConnect(owner, workspace, ",\"returnTo\":" + nlohmann::json(return_to).dump());
        const auto response = visit(owner, "/connect/fakebook/callback?code=ann&state=" + state);
        BOOST_TEST(response.status == 303);
        const auto location = headerOf(response, "location");
        return location.substr(0, location.find('?'));
    };
    BOOST_TEST(landing("/settings") == "/settings");
    for (const auto& elsewhere :
         {std::string("//evil.example"), std::string("/\\evil.example"),
          std::string("https:evil.example"), std::string("%2f%2fevil.example"),
          std::string("/x%0d%0aSet-Cookie:a"), std::string("/x\r\nSet-Cookie: a=b"),
          std::string(8192, '/'), std::string("javascript:alert(1)")})
        BOOST_TEST(landing(elsewhere) == "/accounts", elsewhere);
}

BOOST_AUTO_TEST_SUITE_END()
