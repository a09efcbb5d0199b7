#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "api/routes.hpp"
#include "route_calls.hpp"
#include "world.hpp"

using namespace postato;
using namespace postato::api;
using namespace postato::api::testing;

namespace {

struct AccountsWorld : World {
    WorkspaceId workspace = makeWorkspace("north");
    Browser owner = signIn("owner@example.com", "owner");
    std::string key = makeKey({workspace});
    std::string root = "/v1/workspaces/" + workspace.str();

    nlohmann::json get(const std::string& path) {
        const auto response = asKey(key, "GET", root + path);
        BOOST_TEST(response.status == 200, path << ": " << response.body);
        BOOST_TEST(response.body.find(FakePlatform::kTokenCanary) == std::string::npos);
        return nlohmann::json::parse(response.body);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(accounts_api_tests, AccountsWorld)

BOOST_AUTO_TEST_CASE(an_account_shows_everything_but_its_tokens) {
    const auto id = connect(owner, workspace, "ann");
    const auto account = get("/accounts/" + id);
    BOOST_TEST(account["id"] == id);
    BOOST_TEST(account["workspaceId"] == workspace.str());
    BOOST_TEST(account["platform"] == "fakebook");
    BOOST_TEST(account["username"] == "@ann");
    BOOST_TEST(account["status"] == "connected");
    BOOST_TEST(account["scopes"] == nlohmann::json({"read", "write"}));
    BOOST_TEST(account["missingScopes"].empty());
    BOOST_TEST(account["connectedBy"]["name"] == "owner@example.com");
    BOOST_TEST(account["connectedAt"] == toIso8601(clock.now()));
    BOOST_TEST(account["expiresAt"] == toIso8601(clock.now() + std::chrono::hours(2)));
    const std::set<std::string> known = {
        "id",          "workspaceId", "platform",      "username",    "displayName",
        "avatarUrl",   "profileUrl",  "accountType",   "status",      "statusReason",
        "statusSince", "scopes",      "missingScopes", "connectedAt", "connectedBy",
        "expiresAt",   "reconnectBy", "createdAt",     "updatedAt"};
    for (const auto& [name, value] : account.items()) BOOST_TEST(known.contains(name), name);
}

BOOST_AUTO_TEST_CASE(a_list_goes_from_the_newest_to_the_oldest_by_cursor_or_page) {
    std::vector<std::string> newest_first;
    for (const auto* person : {"a", "b", "c", "d", "e"}) {
        newest_first.insert(newest_first.begin(), connect(owner, workspace, person));
        clock.advance(std::chrono::seconds(1));
    }
    std::vector<std::string> seen;
    std::string cursor;
    do {
        const auto page = get("/accounts?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
        for (const auto& item : page["items"]) seen.push_back(item["id"]);
        cursor = page["cursor"].is_null() ? "" : page["cursor"].get<std::string>();
        BOOST_TEST_REQUIRE(seen.size() <= newest_first.size());
    } while (!cursor.empty());
    BOOST_TEST(seen == newest_first);

    const auto second = get("/accounts?limit=2&page=2&total=true");
    BOOST_TEST(second["items"][0]["id"] == newest_first[2]);
    BOOST_TEST(second["total"] == 5);
    BOOST_TEST(second["totalPages"] == 3);
    BOOST_TEST(second["page"] == 2);
    BOOST_TEST(second["offset"] == 2);
    BOOST_TEST(get("/accounts?offset=4")["items"].size() == 1u);
    BOOST_TEST(!get("/accounts").contains("total"));
}

BOOST_AUTO_TEST_CASE(a_list_is_filtered_by_platform_and_status) {
    connect(owner, workspace, "ann");
    for (const auto* query : {"platform=fakebook", "status=connected", "status=active",
                              "platform=fakebook&status=active"})
        BOOST_TEST(get(std::string("/accounts?") + query)["items"].size() == 1u, query);
    for (const auto* query : {"platform=mute", "status=suspended", "status=token_expired"})
        BOOST_TEST(get(std::string("/accounts?") + query)["items"].empty(), query);
    for (const auto* query : {"platform=A!", "status=good", "limit=0", "total=1", "cursor=x", "%zz",
                              "limit=1&limit=1", "platform="}) {
        const auto response = asKey(key, "GET", root + "/accounts?" + query);
        BOOST_TEST(response.status == 400, query);
        BOOST_TEST(nlohmann::json::parse(response.body)["error"] == "INVALID_REQUEST");
    }
}

BOOST_AUTO_TEST_CASE(disconnecting_works_once) {
    const auto id = connect(owner, workspace, "ann");
    const auto response = asKey(key, "DELETE", root + "/accounts/" + id);
    BOOST_TEST(response.status == 200);
    BOOST_TEST(nlohmann::json::parse(response.body) ==
               nlohmann::json({{"success", true}, {"revocation", "queued"}}));
    BOOST_TEST(asKey(key, "DELETE", root + "/accounts/" + id).status == 404);
    BOOST_TEST(asKey(key, "GET", root + "/accounts/" + id).status == 404);
    BOOST_TEST(get("/accounts")["items"].empty());
    BOOST_TEST(connect(owner, workspace, "ann") != id);
}

BOOST_AUTO_TEST_CASE(a_refresh_answers_the_account_and_what_came_of_it) {
    const auto id = connect(owner, workspace, "ann");
    clock.advance(std::chrono::minutes(30));
    const auto response = asKey(key, "POST", root + "/accounts/" + id + "/refresh");
    BOOST_TEST(response.status == 200);
    const auto body = nlohmann::json::parse(response.body);
    BOOST_TEST(body["id"] == id);
    BOOST_TEST(body["refreshed"] == true);
    BOOST_TEST(body["reason"] == "refreshed");
    const auto again = asKey(key, "POST", root + "/accounts/" + id + "/refresh", "{}");
    BOOST_TEST(nlohmann::json::parse(again.body)["reason"] == "too_soon");
}

BOOST_AUTO_TEST_CASE(health_says_how_the_token_stands) {
    const auto id = connect(owner, workspace, "ann");
    const auto health = get("/accounts/" + id + "/health");
    BOOST_TEST(health["status"] == "connected");
    BOOST_TEST(health["token"]["refreshable"] == true);
    BOOST_TEST(health["token"]["expiresAt"] == toIso8601(clock.now() + std::chrono::hours(2)));
    BOOST_TEST(health["scopes"]["requested"] == nlohmann::json({"read", "write"}));
    BOOST_TEST(health["advice"].empty());
    BOOST_TEST(!health.contains("probedAt"));
    const auto probed = get("/accounts/" + id + "/health?probe=true");
    BOOST_TEST(probed["probedAt"] == toIso8601(clock.now()));
}

BOOST_AUTO_TEST_CASE(events_are_listed_newest_first_also_after_the_end) {
    const auto id = connect(owner, workspace, "ann");
    clock.advance(std::chrono::seconds(1));
    connect(owner, workspace, "ann");
    clock.advance(std::chrono::seconds(1));
    BOOST_TEST(asKey(key, "DELETE", root + "/accounts/" + id).status == 200);

    const auto first = get("/accounts/" + id + "/events?limit=1");
    BOOST_TEST(first["items"][0]["type"] == "account.disconnected");
    BOOST_TEST(first["items"][0]["actor"].get<std::string>().starts_with("key_"));
    std::vector<std::string> types;
    std::string cursor = first["cursor"];
    while (!cursor.empty()) {
        const auto page = get("/accounts/" + id + "/events?limit=1&cursor=" + cursor);
        types.push_back(page["items"][0]["type"]);
        cursor = page["cursor"].is_null() ? "" : page["cursor"].get<std::string>();
    }
    BOOST_TEST(types.front() == "account.reconnected");
    BOOST_TEST(types.back() == "account.connected");
}

BOOST_AUTO_TEST_CASE(platforms_are_listed_whether_they_work_or_not) {
    const auto everywhere = asKey(key, "GET", "/v1/platforms");
    BOOST_TEST(everywhere.status == 200);
    const auto items = nlohmann::json::parse(everywhere.body)["items"];
    BOOST_TEST(items == get("/platforms")["items"]);
    BOOST_TEST(items.size() == 3u);
    const auto& ready = items[1];
    BOOST_TEST(ready["id"] == "fakebook");
    BOOST_TEST(ready["state"] == "ready");
    BOOST_TEST(!ready.contains("reason"));
    BOOST_TEST(ready["redirectUri"] == kPublicUrl + "/connect/fakebook/callback");
    BOOST_TEST(ready["scopes"] == nlohmann::json({"read", "write"}));
    BOOST_TEST(ready["scopeDetails"][0]["meaning"] == "see your name");
    BOOST_TEST(ready["scopeDetails"][0]["required"] == true);
    BOOST_TEST(ready["capabilities"] == nlohmann::json({"publish.text"}));
    BOOST_TEST(ready["forcesAccountChoice"] == false);
    BOOST_TEST(items[0]["state"] == "refused");
    BOOST_TEST(items[0]["reason"] == "it was built for another version");
    BOOST_TEST(items[2]["state"] == "unconfigured");
}

BOOST_AUTO_TEST_CASE(workspaces_are_listed_with_their_figures) {
    connect(owner, workspace, "ann");
    const auto response = asPage(owner, "GET", "/v1/workspaces");
    const auto item = nlohmann::json::parse(response.body)["items"][0];
    BOOST_TEST(item["id"] == workspace.str());
    BOOST_TEST(item["name"] == "north");
    BOOST_TEST(item["connectedAccountCount"] == 1);
    BOOST_TEST(item["connectedPlatforms"] == nlohmann::json({"fakebook"}));
    BOOST_TEST(item["recentPostCount"] == 0);
    BOOST_TEST(item["role"] == "admin");
    BOOST_TEST(item.contains("memberCount"));
    BOOST_TEST(item["createdAt"] == toIso8601(clock.now()));
}

BOOST_AUTO_TEST_CASE(unknown_fields_are_refused_and_named_in_every_body) {
    const auto id = connect(owner, workspace, "ann");
    const auto before = get("/accounts/" + id);
    const PathValues values{.workspace = workspace.str(), .account = id};
    for (const auto& route : routes()) {
        auto text = bodyOf(route, values);
        if (text.empty()) continue;
        auto body = nlohmann::json::parse(text);
        for (const auto* name : {"id", "status", "generation", "deletedAt", "workspace_id"})
            body[name] = "x";
        const auto response =
            asPage(owner, std::string(route.method), pathOf(route, values), body.dump());
        BOOST_TEST(response.status == 400, describe(route));
        const auto details = nlohmann::json::parse(response.body)["details"];
        BOOST_TEST(details["generation"][0] == "Unknown field", describe(route));
        BOOST_TEST(details["deletedAt"][0] == "Unknown field", describe(route));
    }
    BOOST_TEST(get("/accounts/" + id) == before);
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_refused_without_repeating_it) {
    for (const auto& text :
         {std::string("{"), std::string("canary"), std::string("[]"),
          std::string("{\"a\":1,\"a\":1}"), std::string("{\"platform\":\"\xff\"}"),
          std::string("{\"platform\":\"\\u0000\"}"), std::string("{\"expiresIn\":1e999}"),
          std::string(1000, '[')}) {
        const auto response = asKey(key, "POST", root + "/connect-links", text);
        BOOST_TEST(response.status == 400);
        BOOST_TEST(response.body.find("canary") == std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
