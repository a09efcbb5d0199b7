// The pages of a connect, as a browser goes through them.

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "world.hpp"

using namespace postato;
using namespace postato::api;
using namespace postato::api::testing;

namespace {

struct ConnectWorld : World {
    WorkspaceId workspace = makeWorkspace("<i>north");
    Browser owner = signIn("owner@example.com", "owner");

    std::string callbackOf(const std::string& state, const std::string& more) const {
        return "/connect/fakebook/callback?state=" + state + "&" + more;
    }
    nlohmann::json accounts() {
        const auto response =
            asPage(owner, "GET", "/v1/workspaces/" + workspace.str() + "/accounts");
        return nlohmann::json::parse(response.body)["items"];
    }
    void dropGrants() {
        static const persistence::Statement statement = {"test_drop",
                                                         "DELETE FROM workspace_members"};
        database.write([](persistence::Transaction& tx) { tx.execute(statement); });
    }
    std::int64_t connectionsBegun() {
        static const persistence::Statement statement = {"test_count",
                                                         "SELECT COUNT(*) FROM connections", "i"};
        return database.read(
            [](persistence::Transaction& tx) { return tx.queryOne(statement)->integer(0); });
    }
};

bool setsSession(const http::Response& response) {
    for (const auto& [name, value] : response.headers())
        if (name == "set-cookie" && value.starts_with("__Host-postato_session")) return true;
    return false;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(connect_flow_tests, ConnectWorld)

BOOST_AUTO_TEST_CASE(a_connect_ends_on_the_accounts_page) {
    const auto state = beginConnect(owner, workspace);
    const auto response = visit(owner, callbackOf(state, "code=ann"));
    BOOST_TEST(response.status == 303);
    const auto location = headerOf(response, "location");
    BOOST_TEST(location.starts_with("/accounts?"));
    BOOST_TEST(parameterOf(location, "workspace") == workspace.str());
    BOOST_TEST(parameterOf(location, "connected") == accounts()[0]["id"]);
    BOOST_TEST(location.find(state) == std::string::npos);
    BOOST_TEST(headerOf(response, "referrer-policy") == "no-referrer");
    BOOST_TEST(headerOf(response, "cache-control") == "no-store");
    BOOST_TEST(!setsSession(response));
}

BOOST_AUTO_TEST_CASE(the_same_callback_again_shows_the_same_result) {
    const auto state = beginConnect(owner, workspace);
    const auto first = visit(owner, callbackOf(state, "code=ann"));
    const auto again = visit(owner, callbackOf(state, "code=ann"));
    BOOST_TEST(again.status == 303);
    BOOST_TEST(headerOf(again, "location") == headerOf(first, "location"));
    BOOST_TEST(platform->exchanges == 1);
    BOOST_TEST(accounts().size() == 1u);
}

BOOST_AUTO_TEST_CASE(another_browser_gets_nothing_and_spoils_nothing) {
    const auto state = beginConnect(owner, workspace);
    Browser stranger;
    auto same_person = owner;
    std::erase_if(same_person.cookies,
                  [](const auto& cookie) { return cookie.first.starts_with("__Host-pc_"); });
    BOOST_TEST(visit(stranger, callbackOf(state, "code=ann")).status == 400);
    BOOST_TEST(visit(same_person, callbackOf(state, "code=ann")).status == 400);
    BOOST_TEST(visit(owner, "/connect/mute/callback?state=" + state + "&code=ann").status == 400);
    BOOST_TEST(visit(owner, callbackOf(state, "code=ann&iss=https://evil.example")).status == 400);
    BOOST_TEST(platform->exchanges == 0);
    BOOST_TEST(visit(owner, callbackOf(state, "code=ann")).status == 303);
}

BOOST_AUTO_TEST_CASE(without_a_session_the_code_is_not_exchanged) {
    const auto state = beginConnect(owner, workspace);
    auto signed_out = owner;
    std::erase_if(signed_out.cookies,
                  [](const auto& cookie) { return cookie.first == "__Host-postato_session"; });
    const auto response = visit(signed_out, callbackOf(state, "code=ann"));
    BOOST_TEST(response.status == 403);
    BOOST_TEST(response.body.find("href=\"/sign-in\"") != std::string::npos);
    BOOST_TEST(!setsSession(response));
    BOOST_TEST(platform->exchanges == 0);

    auto other = signIn("other@example.com", "owner");
    auto mixed = signed_out;
    for (const auto& cookie : other.cookies) mixed.cookies.push_back(cookie);
    BOOST_TEST(visit(mixed, callbackOf(state, "code=ann")).status == 403);
    BOOST_TEST(platform->exchanges == 0);
}

BOOST_AUTO_TEST_CASE(who_lost_the_right_meanwhile_is_refused) {
    auto admin = signIn("admin@example.com", "member", {{workspace, "admin"}});
    const auto state = beginConnect(admin, workspace);
    dropGrants();
    BOOST_TEST(visit(admin, callbackOf(state, "code=ann")).status == 403);
    BOOST_TEST(platform->exchanges == 0);
}

BOOST_AUTO_TEST_CASE(ten_minutes_later_it_is_over) {
    const auto state = beginConnect(owner, workspace);
    clock.advance(std::chrono::minutes(10) + std::chrono::seconds(1));
    const auto response = visit(owner, callbackOf(state, "code=ann"));
    BOOST_TEST(response.status == 400);
    BOOST_TEST(response.body.find("connect_expired") != std::string::npos);
    BOOST_TEST(platform->exchanges == 0);
}

BOOST_AUTO_TEST_CASE(a_denial_is_a_page_that_offers_another_try) {
    const auto state = beginConnect(owner, workspace);
    const auto response = visit(owner, callbackOf(state, "error=access_denied"));
    BOOST_TEST(response.status == 303);
    const auto page = visit(owner, headerOf(response, "location"), "same-origin");
    BOOST_TEST(page.status == 200);
    BOOST_TEST(page.body.find("You chose not to give access at Fakebook.") != std::string::npos);
    BOOST_TEST(page.body.find("/connect/fakebook/start?workspaceId=" + workspace.str()) !=
               std::string::npos);
    BOOST_TEST(page.body.find("access_denied") != std::string::npos);
    BOOST_TEST(accounts().empty());
}

BOOST_AUTO_TEST_CASE(a_reconnect_takes_only_the_same_person) {
    const auto id = connect(owner, workspace, "ann");
    const auto pinned = R"(,"accountId":")" + id + "\"";
    auto state = beginConnect(owner, workspace, pinned);
    const auto wrong = visit(owner, callbackOf(state, "code=bob"));
    const auto page = visit(owner, headerOf(wrong, "location"));
    BOOST_TEST(page.status == 409);
    BOOST_TEST(page.body.find("@ann") != std::string::npos);
    BOOST_TEST(accounts().size() == 1u);

    state = beginConnect(owner, workspace, pinned);
    const auto right = visit(owner, callbackOf(state, "code=ann"));
    BOOST_TEST(parameterOf(headerOf(right, "location"), "connected") == id);
}

BOOST_AUTO_TEST_CASE(of_several_identities_the_person_picks) {
    const auto state = beginConnect(owner, workspace);
    const auto response = visit(owner, callbackOf(state, "code=several"));
    const auto location = headerOf(response, "location");
    BOOST_TEST(location.starts_with("/connect/fakebook/choose?connection=con_"));
    const auto page = visit(owner, location);
    BOOST_TEST(page.status == 200);
    BOOST_TEST(page.body.find("value=\"first\"") != std::string::npos);
    BOOST_TEST(page.body.find("value=\"second\"") != std::string::npos);
    BOOST_TEST(page.body.find("&lt;i&gt;north") != std::string::npos);
    BOOST_TEST(page.body.find("checked") == std::string::npos);
    BOOST_TEST(accounts().empty());

    const auto form =
        "connection=" + fieldOf(page.body, "connection") + "&csrf=" + fieldOf(page.body, "csrf");
    const auto choose = "/connect/fakebook/choose";
    BOOST_TEST(submit(owner, choose, form + "&decision=connect").status == 400);
    BOOST_TEST(submit(owner, choose, form + "&decision=connect&identity=third").status == 400);
    BOOST_TEST(submit(owner, choose, form + "&decision=both&identity=first").status == 400);
    BOOST_TEST(submit(owner, choose,
                      "connection=" + fieldOf(page.body, "connection") +
                          "&csrf=wrong&decision=connect&identity=first")
                   .status == 403);
    BOOST_TEST(accounts().empty());
    const auto chosen = submit(owner, choose, form + "&decision=connect&identity=second");
    BOOST_TEST(chosen.status == 303);
    BOOST_TEST(accounts().size() == 1u);
    BOOST_TEST(accounts()[0]["username"] == "@second");
    BOOST_TEST(parameterOf(headerOf(chosen, "location"), "connected") == accounts()[0]["id"]);
}

BOOST_AUTO_TEST_CASE(choosing_nothing_connects_nothing) {
    const auto state = beginConnect(owner, workspace);
    const auto response = visit(owner, callbackOf(state, "code=several"));
    const auto page = visit(owner, headerOf(response, "location"));
    const auto declined = submit(owner, "/connect/fakebook/choose",
                                 "connection=" + fieldOf(page.body, "connection") +
                                     "&csrf=" + fieldOf(page.body, "csrf") + "&decision=cancel");
    BOOST_TEST(declined.status == 303);
    BOOST_TEST(headerOf(declined, "location").starts_with("/connect/fakebook/result?"));
    BOOST_TEST(accounts().empty());
}

BOOST_AUTO_TEST_CASE(a_navigation_from_elsewhere_gets_a_button_and_starts_nothing) {
    const auto target = "/connect/fakebook/start?workspaceId=" + workspace.str();
    for (const auto* site : {"cross-site", "same-site", "none"}) {
        const auto response = visit(owner, target, site);
        BOOST_TEST(response.status == 200, site);
        BOOST_TEST(headerOf(response, "location").empty());
    }
    BOOST_TEST(connectionsBegun() == 0);
    const auto page = visit(owner, target);
    BOOST_TEST(headerOf(page, "referrer-policy") == "same-origin");
    BOOST_TEST(headerOf(page, "content-security-policy").find(FakePlatform::kAuthorizationOrigin) !=
               std::string::npos);

    const auto form = "workspaceId=" + workspace.str();
    BOOST_TEST(submit(owner, "/connect/fakebook/start", form).status == 403);
    BOOST_TEST(submit(owner, "/connect/fakebook/start", form + "&csrf=wrong").status == 403);
    BOOST_TEST(connectionsBegun() == 0);
    const auto pressed =
        submit(owner, "/connect/fakebook/start", form + "&csrf=" + fieldOf(page.body, "csrf"));
    BOOST_TEST(pressed.status == 303);
    BOOST_TEST(headerOf(pressed, "location").starts_with(FakePlatform::kAuthorizationOrigin));
    BOOST_TEST(connectionsBegun() == 1);
}

BOOST_AUTO_TEST_CASE(a_click_on_our_own_page_goes_straight_to_the_platform) {
    const auto response =
        visit(owner, "/connect/fakebook/start?workspaceId=" + workspace.str(), "same-origin");
    BOOST_TEST(response.status == 303);
    BOOST_TEST(headerOf(response, "location").starts_with(FakePlatform::kAuthorizationOrigin));
    const auto cookie = headerOf(response, "set-cookie");
    BOOST_TEST(cookie.starts_with("__Host-pc_"));
    BOOST_TEST(cookie.find("HttpOnly") != std::string::npos);
    BOOST_TEST(cookie.find("SameSite=Lax") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(platforms_that_cannot_be_connected_say_so) {
    const auto body = R"({"workspaceId":")" + workspace.str() + "\"}";
    BOOST_TEST(asPage(owner, "POST", "/connect/mute/start", body).status == 503);
    BOOST_TEST(asPage(owner, "POST", "/connect/nothing/start", body).status == 404);
    const auto target = "/start?workspaceId=" + workspace.str();
    BOOST_TEST(visit(owner, "/connect/mute" + target).status == 503);
    BOOST_TEST(visit(owner, "/connect/nothing" + target).status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
