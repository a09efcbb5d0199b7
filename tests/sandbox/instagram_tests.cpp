#define BOOST_TEST_DYN_LINK
#include <boost/test/unit_test.hpp>

#include "support.hpp"

namespace postato::sandbox::testing {
namespace {

constexpr int kDay = 86400;

Reply exchangeToken(const Fixture& sandbox, const std::string& token,
                    const std::string& secret = secretOf("instagram")) {
    return sandbox.get(
        "/instagram/access_token",
        {{"grant_type", "ig_exchange_token"}, {"client_secret", secret}, {"access_token", token}});
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(instagram_tests, Fixture)

BOOST_AUTO_TEST_CASE(another_app_id_gets_the_json_page) {
    for (const auto* id : {"sandbox-facebook", "nobody"}) {
        const auto reply = authorize("instagram", {{"client_id", id}});
        BOOST_TEST(reply.status == 400);
        BOOST_TEST(reply.at("error_message") == "Invalid platform app");
    }
}

BOOST_AUTO_TEST_CASE(mixed_scope_families_get_the_json_page) {
    const auto reply =
        authorize("instagram", {{"scope", "instagram_business_basic,instagram_basic"}});
    BOOST_TEST(reply.status == 400);
    BOOST_TEST(reply.at("message") == "Business and user permissions are mutually exclusive");
}

BOOST_AUTO_TEST_CASE(scopes_may_be_separated_by_spaces) {
    const auto tokens =
        connect("instagram", "ada",
                {{"scope", "instagram_business_basic instagram_business_content_publish"}});
    BOOST_TEST(firstGrant("instagram")["scopes"].size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_redirect_ends_in_its_mark) {
    const auto callback = consent("instagram");
    BOOST_TEST(callback.fragment == "#_");
    BOOST_TEST(exchange("instagram", callback.get("code")).status == 200);
}

BOOST_AUTO_TEST_CASE(the_mark_can_stand_inside_the_code) {
    turn("instagram", "codeSuffix", true);
    const auto code = consent("instagram").get("code");
    BOOST_TEST_REQUIRE(code.ends_with("#_"));
    BOOST_TEST(exchange("instagram", code).status == 400);
    BOOST_TEST(exchange("instagram", code.substr(0, code.size() - 2)).status == 200);
}

BOOST_AUTO_TEST_CASE(a_denial_gives_the_reason) {
    const auto callback = consent("instagram", "ada", {}, {{"decision", "deny"}});
    BOOST_TEST(callback.get("error_reason") == "user_denied");
    BOOST_TEST(callback.get("error_description") == "The user denied your request");
}

BOOST_AUTO_TEST_CASE(the_exchange_answers_in_every_observed_shape) {
    const auto shape = [this] {
        return exchange("instagram", consent("instagram").get("code")).json();
    };
    const auto flat = shape();
    BOOST_TEST(flat["user_id"].get<std::int64_t>() == 17841400000000001);
    BOOST_TEST(flat["permissions"].is_array());
    turn("instagram", "userIdAsString", true);
    turn("instagram", "permissionsAsString", true);
    turn("instagram", "wrapInData", true);
    const auto documented = shape()["data"][0];
    BOOST_TEST(documented["user_id"] == "17841400000000001");
    BOOST_TEST(documented["permissions"] ==
               "instagram_business_basic,instagram_business_content_publish");
}

BOOST_AUTO_TEST_CASE(the_exchange_takes_multipart_too) {
    std::string body;
    const Fields fields = {{"client_id", "sandbox-instagram"},
                           {"client_secret", secretOf("instagram")},
                           {"grant_type", "authorization_code"},
                           {"redirect_uri", kRedirectUri},
                           {"code", consent("instagram").get("code")}};
    for (const auto& [name, value] : fields) {
        body += "--limit\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value +
                "\r\n";
    }
    body += "--limit--\r\n";
    const auto reply = send("POST", "/instagram/oauth/access_token",
                            {{"Content-Type", "multipart/form-data; boundary=limit"}}, body);
    BOOST_TEST(reply.status == 200);
}

BOOST_AUTO_TEST_CASE(code_errors_are_in_the_login_envelope) {
    const auto code = consent("instagram").get("code");
    const auto wrong = exchange("instagram", code, {{"redirect_uri", kRedirectUri + "/"}});
    BOOST_TEST(wrong.status == 400);
    BOOST_TEST(wrong.at("error_message").starts_with("Error validating verification code."));
    BOOST_TEST(exchange("instagram", code, {{"client_secret", "wrong"}}).at("error_type") ==
               "OAuthException");
    exchange("instagram", code);
    BOOST_TEST(exchange("instagram", code).at("error_message") ==
               "Matching code was not found or was already used");
}

BOOST_AUTO_TEST_CASE(the_short_token_works_an_hour_and_is_exchanged_with_the_secret) {
    const auto token = exchange("instagram", consent("instagram").get("code")).at("access_token");
    const auto wrong = exchangeToken(*this, token, "wrong");
    BOOST_TEST(wrong.at("error.code") == "101");
    turn("instagram", "wrongSecretCode", 1);
    BOOST_TEST(exchangeToken(*this, token, "wrong").at("error.code") == "1");

    const auto long_lived = exchangeToken(*this, token);
    BOOST_TEST(long_lived.at("token_type") == "bearer");
    BOOST_TEST(identity("instagram", token).status == 200);
    advance(3601);
    BOOST_TEST(identity("instagram", token).at("error.error_subcode") == "463");
    BOOST_TEST(exchangeToken(*this, token).status == 400);
    BOOST_TEST(identity("instagram", long_lived.at("access_token")).status == 200);
}

BOOST_AUTO_TEST_CASE(the_exchange_can_end_the_short_token) {
    turn("instagram", "shortTokenSurvives", false);
    const auto token = exchange("instagram", consent("instagram").get("code")).at("access_token");
    BOOST_TEST(exchangeToken(*this, token).status == 200);
    BOOST_TEST(identity("instagram", token).status == 400);
}

BOOST_AUTO_TEST_CASE(exchanging_a_long_lived_token_is_a_switch) {
    const auto tokens = connect("instagram");
    BOOST_TEST(exchangeToken(*this, tokens.access).status == 400);
    turn("instagram", "exchangeLongLivedFails", false);
    BOOST_TEST(exchangeToken(*this, tokens.access).status == 200);
}

BOOST_AUTO_TEST_CASE(a_token_must_be_a_day_old_to_be_refreshed) {
    const auto tokens = connect("instagram");
    advance(kDay - 60);
    const auto early = refresh("instagram", tokens.access);
    BOOST_TEST(early.status == 400);
    BOOST_TEST(early.at("error.code") == "100");
    turn("instagram", "tooYoungCode", 10);
    BOOST_TEST(refresh("instagram", tokens.access).at("error.code") == "10");
    advance(61);
    BOOST_TEST(refresh("instagram", tokens.access).status == 200);
}

BOOST_AUTO_TEST_CASE(the_day_rule_rests_while_lifetimes_are_short) {
    control("lifetimes", {{"platform", "instagram"}, {"access", 5}});
    BOOST_TEST(refresh("instagram", connect("instagram").access).status == 200);
    turn("instagram", "refreshMinAgeSeconds", 3);
    const auto tokens = connect("instagram");
    BOOST_TEST(refresh("instagram", tokens.access).status == 400);
    advance(3);
    BOOST_TEST(refresh("instagram", tokens.access).status == 200);
}

BOOST_AUTO_TEST_CASE(after_sixty_days_there_is_no_way_back) {
    const auto tokens = connect("instagram");
    advance(60 * kDay + 1);
    const auto reply = refresh("instagram", tokens.access);
    BOOST_TEST(reply.at("error.code") == "190");
    BOOST_TEST(reply.at("error.error_subcode") == "463");
    BOOST_TEST(firstGrant("instagram")["alive"] == false);
}

BOOST_AUTO_TEST_CASE(the_old_token_survives_a_refresh_or_not) {
    const auto first = connect("instagram");
    advance(2 * kDay);
    BOOST_TEST(refresh("instagram", first.access, {}).status == 200);
    BOOST_TEST(identity("instagram", first.access).status == 200);
    turn("instagram", "refreshKillsOldToken", true);
    turn("instagram", "refreshTellsPermissions", true);
    BOOST_TEST(!refresh("instagram", first.access).at("permissions").empty());
    BOOST_TEST(identity("instagram", first.access).status == 400);
    BOOST_TEST(refresh("instagram", first.access).status == 400);
    BOOST_TEST(firstGrant("instagram")["reuseAttempts"] == 1);
}

BOOST_AUTO_TEST_CASE(withdrawing_the_basic_scope_stops_identity_and_refresh) {
    const auto tokens = connect("instagram");
    advance(2 * kDay);
    event("instagram", "ada", "scope_withdrawn", "instagram_business_basic");
    BOOST_TEST(identity("instagram", tokens.access).at("error.code") == "10");
    BOOST_TEST(refresh("instagram", tokens.access).at("error.code") == "10");
}

BOOST_AUTO_TEST_CASE(every_ending_has_its_subcode) {
    const Fields subcodes = {{"app_removed", "458"},      {"checkpoint", "459"},
                             {"password_changed", "460"}, {"unconfirmed_user", "464"},
                             {"logged_out", "467"},       {"session_invalid", "492"}};
    for (const auto& [name, subcode] : subcodes) {
        const auto tokens = connect("instagram");
        event("instagram", "ada", name);
        const auto reply = identity("instagram", tokens.access);
        BOOST_TEST(reply.at("error.code") == "190");
        BOOST_TEST(reply.at("error.error_subcode") == subcode);
    }
}

BOOST_AUTO_TEST_CASE(me_answers_the_fields_asked_with_usage_headers) {
    const auto access = connect("instagram").access;
    const auto reply = identity("instagram", access);
    BOOST_TEST(reply.at("user_id") == "17841400000000001");
    BOOST_TEST(reply.at("id") != reply.at("user_id"));
    BOOST_TEST(reply.at("account_type") == "BUSINESS");
    BOOST_TEST(reply.at("followers_count").empty());
    BOOST_TEST(reply.header("X-App-Usage").find("\"call_count\":28") != std::string::npos);
    turn("instagram", "businessUsagePercent", 97);
    BOOST_TEST(identity("instagram", access)
                   .header("X-Business-Use-Case-Usage")
                   .find("\"estimated_time_to_regain_access\":19") != std::string::npos);
    BOOST_TEST(identity("instagram", access, {{"fields", "id,shoe_size"}}).at("error.code") ==
               "100");
    turn("instagram", "identityInData", true);
    BOOST_TEST(identity("instagram", access).json()["data"][0]["username"] == "ada.example");
    // Older Graph versions need a version in the path.
    BOOST_TEST(get("/instagram/me", {{"access_token", access}}).status == 404);
    BOOST_TEST(get("/instagram/v21.0/me", {{"access_token", access}}).status == 200);
}

BOOST_AUTO_TEST_CASE(a_personal_account_is_refused_on_the_page_or_shows_no_type) {
    control("consent", {{"platform", "instagram"}, {"person", "pat"}, {"decision", "approve"}});
    const auto page = authorize("instagram");
    BOOST_TEST(page.status == 400);
    BOOST_TEST(page.header("Location").empty());
    turn("instagram", "personalAccounts", "identity");
    const auto reply = identity("instagram", connect("instagram", "pat").access);
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.at("account_type").empty());
}

BOOST_AUTO_TEST_CASE(deleting_the_permissions_ends_every_grant_of_the_person) {
    const auto first = connect("instagram");
    const auto second = connect("instagram");
    BOOST_TEST(revoke("instagram", first.access).at("success") == "true");
    BOOST_TEST(identity("instagram", second.access).at("error.error_subcode") == "458");
    BOOST_TEST(revoke("instagram", first.access).status == 400);
    turn("instagram", "revokeEndpoint", false);
    BOOST_TEST(revoke("instagram", connect("instagram").access).status == 400);
    BOOST_TEST(oracle("instagram")["grants"][2]["alive"] == true);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace postato::sandbox::testing
