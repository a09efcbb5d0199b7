// What belongs to another workspace must look exactly like what does not exist (TEN-01, TEN-02):
// walked over the whole route table.

#include <boost/test/unit_test.hpp>
#include <functional>
#include <nlohmann/json.hpp>

#include "api/routes.hpp"
#include "route_calls.hpp"
#include "world.hpp"

using namespace postato;
using namespace postato::api;
using namespace postato::api::testing;

namespace {

/// Everything of an answer that a client can see, but the request's own id.
struct Visible {
    int status;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::uint64_t queries;

    bool operator==(const Visible&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Visible& seen) {
    out << seen.status << " " << seen.body << " after " << seen.queries << " queries";
    for (const auto& [name, value] : seen.headers) out << "\n  " << name << ": " << value;
    return out;
}

struct IsolationWorld : World {
    using Send =
        std::function<http::Response(const std::string&, const std::string&, const std::string&)>;

    WorkspaceId ours = makeWorkspace("ours");
    WorkspaceId theirs = makeWorkspace("theirs");
    Browser owner = signIn("owner@example.com", "owner");
    std::string their_account = connect(owner, theirs, "victim");
    std::string no_workspace = WorkspaceId::make(clock.now(), random).str();
    std::string no_account = AccountId::make(clock.now(), random).str();
    std::string key = makeKey({ours});
    Browser admin = signIn("admin@example.com", "member", {{ours, "admin"}});

    /// The first use of a key is noted, which the later ones of a minute are not: let it be over
    /// before queries are counted.
    IsolationWorld() { asKey(key, "GET", "/v1/workspaces"); }

    /// The two kinds of callers, both at home in `ours` alone.
    std::vector<std::pair<std::string, Send>> callers() {
        return {{"key", [this](const auto& method, const auto& target,
                               const auto& body) { return asKey(key, method, target, body); }},
                {"session", [this](const auto& method, const auto& target, const auto& body) {
                     return asPage(admin, method, target, body);
                 }}};
    }

    Visible see(const Send& send, const Route& route, const PathValues& values,
                const std::string& body) {
        const auto before = database.statementsRun();
        const auto response = send(std::string(route.method), pathOf(route, values), body);
        auto json = nlohmann::json::parse(response.body);
        json.erase("requestId");
        return {response.status,
                json.dump(),
                {response.headers().begin(), response.headers().end()},
                database.statementsRun() - before};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(isolation_tests, IsolationWorld)

BOOST_AUTO_TEST_CASE(a_closed_workspace_answers_like_one_that_does_not_exist) {
    int walked = 0;
    for (const auto& [who, send] : callers()) {
        for (const auto& route : routes()) {
            if (!namesWorkspace(route)) continue;
            BOOST_TEST_CONTEXT(who << " " << describe(route)) {
                const PathValues real{.workspace = theirs.str(), .account = their_account};
                const PathValues invented{.workspace = no_workspace, .account = no_account};
                const auto foreign = see(send, route, real, bodyOf(route, real));
                BOOST_TEST(foreign.status == 404);
                BOOST_TEST(foreign == see(send, route, invented, bodyOf(route, invented)));
                ++walked;
            }
        }
    }
    BOOST_TEST(walked >= 16);
}

BOOST_AUTO_TEST_CASE(a_foreign_account_answers_like_one_that_does_not_exist) {
    for (const auto& [who, send] : callers()) {
        for (const auto& route : routes()) {
            if (!namesWorkspace(route) || !namesAccount(route)) continue;
            BOOST_TEST_CONTEXT(who << " " << describe(route)) {
                const PathValues real{.workspace = ours.str(), .account = their_account};
                const PathValues invented{.workspace = ours.str(), .account = no_account};
                const auto foreign = see(send, route, real, bodyOf(route, real));
                BOOST_TEST(foreign.status == 404);
                BOOST_TEST(foreign == see(send, route, invented, bodyOf(route, invented)));
            }
        }
    }
    BOOST_TEST(asPage(owner, "GET", "/v1/workspaces/" + theirs.str() + "/accounts/" + their_account)
                   .status == 200);
}

BOOST_AUTO_TEST_CASE(a_foreign_account_in_a_body_is_not_found) {
    for (const auto& [who, send] : callers()) {
        for (const auto& account : {their_account, no_account}) {
            const auto response = send("POST", "/v1/workspaces/" + ours.str() + "/connect-links",
                                       R"({"platform":"fakebook","accountId":")" + account + "\"}");
            BOOST_TEST(response.status == 404, who);
        }
    }
    for (const auto& account : {their_account, no_account}) {
        const auto response =
            asPage(admin, "POST", "/connect/fakebook/start",
                   R"({"workspaceId":")" + ours.str() + R"(","accountId":")" + account + "\"}");
        BOOST_TEST(response.status == 404);
    }
}

BOOST_AUTO_TEST_CASE(no_connect_starts_into_a_closed_workspace) {
    for (const auto& workspace : {theirs.str(), no_workspace}) {
        const auto response = asPage(admin, "POST", "/connect/fakebook/start",
                                     R"({"workspaceId":")" + workspace + "\"}");
        BOOST_TEST(response.status == 404);
        BOOST_TEST(visit(admin, "/connect/fakebook/start?workspaceId=" + workspace, "same-origin")
                       .status == 404);
    }
}

BOOST_AUTO_TEST_CASE(a_cursor_from_elsewhere_shows_nothing_from_elsewhere) {
    connect(owner, theirs, "second-victim");
    const auto path = [](const WorkspaceId& id) {
        return "/v1/workspaces/" + id.str() + "/accounts?limit=1";
    };
    const auto page = nlohmann::json::parse(asPage(owner, "GET", path(theirs)).body);
    const std::string cursor = page["cursor"];
    const auto response = asKey(key, "GET", path(ours) + "&cursor=" + cursor);
    BOOST_TEST(response.status == 200);
    BOOST_TEST(nlohmann::json::parse(response.body)["items"].empty());
}

BOOST_AUTO_TEST_CASE(each_caller_lists_only_the_workspaces_it_may_enter) {
    const auto ids = [](const http::Response& response) {
        const auto body = nlohmann::json::parse(response.body);
        std::vector<std::string> found;
        for (const auto& item : body["items"]) found.push_back(item["id"]);
        return found;
    };
    for (const auto& [who, send] : callers())
        BOOST_TEST(ids(send("GET", "/v1/workspaces", "")) == std::vector{ours.str()}, who);
    BOOST_TEST(ids(asPage(owner, "GET", "/v1/workspaces")).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_workspace_is_named_with_or_without_its_prefix) {
    const auto bare = ours.str().substr(4);
    BOOST_TEST(asKey(key, "GET", "/v1/workspaces/" + bare + "/accounts").status == 200);
    for (const auto& odd : {std::string("wks_"), "wks_" + bare + "X", "WKS_" + bare, bare + "x",
                            std::string("acc_") + bare, std::string("null")})
        BOOST_TEST(asKey(key, "GET", "/v1/workspaces/" + odd + "/accounts").status == 404, odd);
}

BOOST_AUTO_TEST_SUITE_END()
