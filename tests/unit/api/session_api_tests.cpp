#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "world.hpp"

using namespace postato;
using namespace postato::api;
using namespace postato::api::testing;

namespace {

constexpr const char* kPassword = "correct horse battery";

struct SessionWorld : World {
    WorkspaceId workspace = makeWorkspace("north");
    Browser browser = signIn("Ann@Example.com", "member", {{workspace, "editor"}});

    void setPassword(const std::string& password) {
        const nlohmann::json body = {{"newPassword", password}};
        const auto response = asPage(browser, "PUT", "/session/password", body.dump());
        BOOST_REQUIRE_EQUAL(response.status, 204);
        browser.csrf_token = headerOf(response, "x-csrf-token");
    }
    http::Response signInBy(Browser& as, const std::string& email, const std::string& password) {
        const nlohmann::json body = {{"email", email}, {"password", password}};
        return asPage(as, "POST", "/session", body.dump());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(session_api_tests, SessionWorld)

BOOST_AUTO_TEST_CASE(a_session_says_who_and_where) {
    const auto response = asPage(browser, "GET", "/session");
    BOOST_TEST(response.status == 200);
    const auto body = nlohmann::json::parse(response.body);
    BOOST_TEST(body["user"]["email"] == "ann@example.com");
    BOOST_TEST(body["user"]["tenantRole"] == "member");
    BOOST_TEST(body["user"]["hasPassword"] == false);
    BOOST_TEST(body["csrfToken"] == browser.csrf_token);
    BOOST_TEST(body["workspaces"].size() == 1u);
    BOOST_TEST(body["workspaces"][0]["id"] == workspace.str());
    BOOST_TEST(body["workspaces"][0]["role"] == "editor");
}

BOOST_AUTO_TEST_CASE(the_session_cookie_is_bound_to_this_host_and_out_of_reach) {
    setPassword(kPassword);
    Browser other;
    const auto response = signInBy(other, "ann@example.com", kPassword);
    BOOST_TEST(response.status == 200);
    const auto cookie = headerOf(response, "set-cookie");
    BOOST_TEST(cookie.starts_with("__Host-postato_session="));
    for (const auto* attribute : {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"})
        BOOST_TEST(cookie.find(attribute) != std::string::npos, attribute);
    BOOST_TEST(cookie.find("Domain") == std::string::npos);
    BOOST_TEST(headerOf(response, "cache-control") == "no-store");
}

BOOST_AUTO_TEST_CASE(an_unknown_person_and_a_wrong_password_look_alike) {
    setPassword(kPassword);
    const auto answer = [&](const char* email) {
        Browser other;
        const auto response = signInBy(other, email, "a wrong password");
        auto body = nlohmann::json::parse(response.body);
        body.erase("requestId");
        return std::to_string(response.status) + body.dump();
    };
    BOOST_TEST(answer("ann@example.com") == answer("nobody@example.com"));
    BOOST_TEST(answer("ann@example.com").starts_with("401"));
}

BOOST_AUTO_TEST_CASE(guessing_is_throttled) {
    Browser other;
    for (int i = 0; i < 10; ++i)
        BOOST_TEST(asPage(other, "POST", "/session/link", R"({"secret":"wrong"})").status == 401);
    const auto response = asPage(other, "POST", "/session/link", R"({"secret":"wrong"})");
    BOOST_TEST(response.status == 429);
    BOOST_TEST(!headerOf(response, "retry-after").empty());
    BOOST_TEST(signInBy(other, "ann@example.com", kPassword).status == 429);
    clock.advance(std::chrono::minutes(16));
    BOOST_TEST(asPage(other, "POST", "/session/link", R"({"secret":"wrong"})").status == 401);
}

BOOST_AUTO_TEST_CASE(a_link_works_once) {
    const auto user = sign_in.createUser("bob@example.com", "member", kOperator);
    const nlohmann::json body = {
        {"secret", std::string(sign_in.makeLink(user.id, kOperator).reveal())}};
    Browser first;
    Browser second;
    BOOST_TEST(asPage(first, "POST", "/session/link", body.dump()).status == 200);
    BOOST_TEST(asPage(second, "POST", "/session/link", body.dump()).status == 401);
    const nlohmann::json late = {
        {"secret", std::string(sign_in.makeLink(user.id, kOperator).reveal())}};
    clock.advance(std::chrono::minutes(16));
    BOOST_TEST(asPage(second, "POST", "/session/link", late.dump()).status == 401);
}

BOOST_AUTO_TEST_CASE(signing_in_again_ends_the_session_before) {
    auto copied = browser;
    const auto user = sign_in.createUser("bob@example.com", "member", kOperator);
    const nlohmann::json body = {
        {"secret", std::string(sign_in.makeLink(user.id, kOperator).reveal())}};
    BOOST_TEST(asPage(browser, "POST", "/session/link", body.dump()).status == 200);
    BOOST_TEST(asPage(copied, "GET", "/session").status == 401);
    BOOST_TEST(asPage(browser, "GET", "/session").status == 200);
}

BOOST_AUTO_TEST_CASE(signing_out_ends_the_session_on_the_server) {
    auto copied = browser;
    BOOST_TEST(asPage(browser, "DELETE", "/session").status == 204);
    BOOST_TEST(browser.cookies.empty());
    BOOST_TEST(asPage(copied, "GET", "/session").status == 401);
}

BOOST_AUTO_TEST_CASE(a_session_ends_when_idle_and_at_its_end) {
    clock.advance(std::chrono::hours(11));
    BOOST_TEST(asPage(browser, "GET", "/session").status == 200);
    clock.advance(std::chrono::hours(11));
    BOOST_TEST(asPage(browser, "GET", "/session").status == 200);
    auto idle = browser;
    clock.advance(std::chrono::hours(12));
    BOOST_TEST(asPage(idle, "GET", "/session").status == 401);

    auto busy = signIn("busy@example.com");
    for (int hour = 0; hour < 24 * 7; hour += 8) {
        BOOST_TEST(asPage(busy, "GET", "/session").status == 200);
        clock.advance(std::chrono::hours(8));
    }
    BOOST_TEST(asPage(busy, "GET", "/session").status == 401);
}

BOOST_AUTO_TEST_CASE(a_new_password_ends_every_other_session_and_renews_this_one) {
    setPassword(kPassword);
    Browser other;
    BOOST_TEST(signInBy(other, "ann@example.com", kPassword).status == 200);
    const auto before = browser;
    const nlohmann::json body = {{"currentPassword", kPassword},
                                 {"newPassword", "another long password"}};
    const auto response = asPage(browser, "PUT", "/session/password", body.dump());
    BOOST_TEST(response.status == 204);
    BOOST_TEST(headerOf(response, "x-csrf-token") != before.csrf_token);

    auto old = before;
    BOOST_TEST(asPage(old, "GET", "/session").status == 401);
    BOOST_TEST(asPage(other, "GET", "/session").status == 401);
    const auto now = asPage(browser, "GET", "/session");
    BOOST_TEST(now.status == 200);
    BOOST_TEST(nlohmann::json::parse(now.body)["csrfToken"] == headerOf(response, "x-csrf-token"));
}

BOOST_AUTO_TEST_CASE(a_password_needs_the_old_one_and_length) {
    setPassword(kPassword);
    const auto fieldAtFault = [&](const nlohmann::json& body) {
        const auto response = asPage(browser, "PUT", "/session/password", body.dump());
        BOOST_TEST(response.status == 400);
        return nlohmann::json::parse(response.body)["details"].items().begin().key();
    };
    BOOST_TEST(fieldAtFault({{"newPassword", "another long password"}}) == "currentPassword");
    BOOST_TEST(fieldAtFault({{"currentPassword", "wrong password"},
                             {"newPassword", "another long password"}}) == "currentPassword");
    BOOST_TEST(fieldAtFault({{"currentPassword", kPassword}, {"newPassword", "short"}}) ==
               "newPassword");
}

BOOST_AUTO_TEST_SUITE_END()
