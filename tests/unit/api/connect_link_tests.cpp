// A connect that an API client asked for: the link, its page, the preview, the way back.

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "world.hpp"

using namespace postato;
using namespace postato::api;
using namespace postato::api::testing;

namespace {

struct LinkWorld : World {
    WorkspaceId workspace = makeWorkspace("north");
    std::string key = makeKey({workspace});
    Browser human;  ///< not signed in

    http::Response makeLink(const nlohmann::json& body) {
        return asKey(key, "POST", "/v1/workspaces/" + workspace.str() + "/connect-links",
                     body.dump());
    }
    /// The path of a new link.
    std::string link(const nlohmann::json& more = {}) {
        nlohmann::json body = {{"platform", "fakebook"}};
        if (!more.is_null()) body.update(more);
        const auto response = makeLink(body);
        BOOST_REQUIRE_EQUAL(response.status, 201);
        const std::string url = nlohmann::json::parse(response.body)["url"];
        BOOST_REQUIRE(url.starts_with(kPublicUrl + "/connect/links/"));
        return url.substr(kPublicUrl.size());
    }
    /// Opens the link, goes on, and comes back from the platform with `answer`.
    http::Response follow(const std::string& path, const std::string& answer) {
        const auto accepted = submit(human, path, "");
        BOOST_REQUIRE_EQUAL(accepted.status, 303);
        const auto state = parameterOf(headerOf(accepted, "location"), "state");
        return visit(human, "/connect/fakebook/callback?state=" + state + "&" + answer);
    }
    http::Response confirm(const http::Response& callback) {
        const auto page = visit(human, headerOf(callback, "location"));
        BOOST_REQUIRE_EQUAL(page.status, 200);
        BOOST_TEST(page.body.find("checked") != std::string::npos);
        BOOST_TEST(page.body.find("to workspace north?") != std::string::npos);
        return submit(human, "/connect/fakebook/choose",
                      "connection=" + fieldOf(page.body, "connection") + "&csrf=" +
                          fieldOf(page.body, "csrf") + "&decision=connect&identity=" + "ann");
    }
    nlohmann::json accounts() {
        const auto response = asKey(key, "GET", "/v1/workspaces/" + workspace.str() + "/accounts");
        return nlohmann::json::parse(response.body)["items"];
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(connect_link_tests, LinkWorld)

BOOST_AUTO_TEST_CASE(a_link_says_what_is_asked_and_begins_nothing_by_being_opened) {
    const auto path = link();
    const auto page = visit(human, path);
    BOOST_TEST(page.status == 200);
    BOOST_TEST(page.body.find("Connect Fakebook to north?") != std::string::npos);
    BOOST_TEST(page.body.find("see your name") != std::string::npos);
    BOOST_TEST(page.body.find("log out there first") != std::string::npos);
    BOOST_TEST(headerOf(page, "content-security-policy").find(FakePlatform::kAuthorizationOrigin) !=
               std::string::npos);
    BOOST_TEST(headerOf(page, "set-cookie").empty());
    BOOST_TEST(visit(human, path).status == 200);
}

BOOST_AUTO_TEST_CASE(nothing_is_live_before_the_preview_is_confirmed) {
    const auto callback = follow(link(), "code=ann");
    BOOST_TEST(callback.status == 303);
    BOOST_TEST(accounts().empty());
    const auto confirmed = confirm(callback);
    BOOST_TEST(confirmed.status == 303);
    BOOST_TEST(accounts().size() == 1u);
    const auto page = visit(human, headerOf(confirmed, "location"));
    BOOST_TEST(page.status == 200);
    BOOST_TEST(page.body.find("Fakebook is connected") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_preview_belongs_to_the_browser_that_consented) {
    const auto callback = follow(link(), "code=ann");
    Browser stranger;
    BOOST_TEST(visit(stranger, headerOf(callback, "location")).status == 400);
    const auto page = visit(human, headerOf(callback, "location"));
    const auto form = "connection=" + fieldOf(page.body, "connection") +
                      "&csrf=" + fieldOf(page.body, "csrf") + "&decision=connect&identity=ann";
    BOOST_TEST(submit(stranger, "/connect/fakebook/choose", form).status == 400);
    BOOST_TEST(accounts().empty());
}

BOOST_AUTO_TEST_CASE(the_application_hears_how_it_went) {
    const nlohmann::json back = {{"returnUrl", kReturnOrigin + "/done?x=1"}};
    const auto confirmed = confirm(follow(link(back), "code=ann"));
    const auto location = headerOf(confirmed, "location");
    BOOST_TEST(location.starts_with(kReturnOrigin + "/done?x=1&"));
    BOOST_TEST(parameterOf(location, "status") == "connected");
    BOOST_TEST(parameterOf(location, "accountId") == accounts()[0]["id"]);

    const auto denied = headerOf(follow(link(back), "error=access_denied"), "location");
    BOOST_TEST(denied == kReturnOrigin + "/done?x=1&status=denied&code=access_denied");
    const auto failed = headerOf(follow(link(back), "error=whatever"), "location");
    BOOST_TEST(failed == kReturnOrigin + "/done?x=1&status=failed&code=platform_error");
}

BOOST_AUTO_TEST_CASE(a_link_works_once_and_not_for_ever) {
    const auto path = link();
    BOOST_TEST(follow(path, "error=access_denied").status == 303);
    BOOST_TEST(visit(human, path).status == 410);
    BOOST_TEST(submit(human, path, "").status == 410);

    const auto brief = link({{"expiresIn", 60}});
    clock.advance(std::chrono::seconds(61));
    BOOST_TEST(visit(human, brief).status == 410);
    BOOST_TEST(submit(human, brief, "").status == 410);
    BOOST_TEST(visit(human, "/connect/links/" + std::string(43, 'A')).status == 404);
    BOOST_TEST(submit(human, "/connect/links/x", "").status == 404);
}

BOOST_AUTO_TEST_CASE(another_site_cannot_accept_a_link) {
    const auto path = link();
    const auto response = send(
        {"POST", path, "", {{"origin", "https://evil.example"}, {"sec-fetch-site", "cross-site"}}});
    BOOST_TEST(response.status == 403);
    BOOST_TEST(visit(human, path).status == 200);
}

BOOST_AUTO_TEST_CASE(a_link_returns_only_where_it_may_and_lives_only_so_long) {
    for (const auto* url :
         {"https://evil.example/", "//app.example", "https://app.example.evil.example",
          "https://app.example/#x", "javascript:alert(1)", "/accounts"}) {
        const auto response = makeLink({{"platform", "fakebook"}, {"returnUrl", url}});
        BOOST_TEST(response.status == 400, url);
        BOOST_TEST(nlohmann::json::parse(response.body)["details"].contains("returnUrl"));
    }
    for (const auto& seconds : {nlohmann::json(59), nlohmann::json(2'592'001), nlohmann::json("60"),
                                nlohmann::json(60.5)}) {
        const auto response = makeLink({{"platform", "fakebook"}, {"expiresIn", seconds}});
        BOOST_TEST(response.status == 400, seconds.dump());
    }
    BOOST_TEST(makeLink({{"platform", "mute"}}).status == 503);
    BOOST_TEST(makeLink({{"platform", "nothing"}}).status == 404);
    BOOST_TEST(makeLink({{"platform", "fakebook"}, {"accountId", "x"}}).status == 400);
    BOOST_TEST(makeLink({}).status == 400);
}

BOOST_AUTO_TEST_SUITE_END()
