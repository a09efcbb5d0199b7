#define BOOST_TEST_DYN_LINK
#include <boost/test/unit_test.hpp>

#include "support.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox::testing {

BOOST_FIXTURE_TEST_SUITE(linkedin_tests, Fixture)

BOOST_AUTO_TEST_CASE(an_approved_app_gets_a_refresh_token_that_counts_down) {
    const auto tokens = connect("linkedin");
    // The clock runs on between consent and exchange, so a second may be gone already.
    const auto whole = tokens.body["refresh_token_expires_in"].get<int>();
    BOOST_TEST(whole <= 31536000);
    BOOST_TEST(whole > 31536000 - 60);
    BOOST_TEST(tokens.access.size() == 500U);
    advance(59 * 86400);
    const auto reply = refresh("linkedin", tokens.refresh);
    BOOST_TEST(reply.at("refresh_token") == tokens.refresh);
    const auto left = reply.json()["refresh_token_expires_in"].get<int>();
    BOOST_TEST(left <= 306 * 86400);
    BOOST_TEST(left > 306 * 86400 - 60);
    advance(307 * std::int64_t{86400});
    BOOST_TEST(refresh("linkedin", tokens.refresh).status == 400);
}

BOOST_AUTO_TEST_CASE(rotation_keeps_the_end_of_the_first_grant) {
    turn("linkedin", "rotation", "strict");
    const auto tokens = connect("linkedin");
    advance(86400);
    const auto reply = refresh("linkedin", tokens.refresh);
    BOOST_TEST(reply.at("refresh_token") != tokens.refresh);
    BOOST_TEST(reply.json()["refresh_token_expires_in"].get<int>() <= 364 * 86400);
    BOOST_TEST(refresh("linkedin", tokens.refresh).status == 400);
    BOOST_TEST(firstGrant("linkedin")["reuseAttempts"] == 1);
}

BOOST_AUTO_TEST_CASE(there_may_be_no_refresh_token) {
    turn("linkedin", "refreshTokens", false);
    const auto tokens = connect("linkedin");
    BOOST_TEST(!tokens.body.contains("refresh_token"));
    BOOST_TEST(!tokens.body.contains("refresh_token_expires_in"));
    advance(61 * 86400);
    BOOST_TEST(firstGrant("linkedin")["alive"] == false);
}

BOOST_AUTO_TEST_CASE(a_self_serve_app_may_not_ask_for_the_basic_profile) {
    turn("linkedin", "appMode", "selfServe");
    const auto reply = authorize("linkedin");
    BOOST_TEST(reply.status == 302);
    const auto callback = parseCallback(reply.header("Location"));
    BOOST_TEST(callback.get("error") == "unauthorized_scope_error");
    BOOST_TEST(callback.get("error_description").find("&quot;r_basicprofile&quot;") !=
               std::string::npos);
    const auto tokens = connect("linkedin", "ada", {{"scope", "openid profile w_member_social"}});
    BOOST_TEST(!tokens.body.contains("refresh_token"));
    BOOST_TEST(split(tokens.body["id_token"].get<std::string>(), ".").size() == 3U);
}

BOOST_AUTO_TEST_CASE(leaving_at_the_sign_in_differs_from_denying) {
    const auto callback =
        consent("linkedin", "ada", {}, {{"decision", "deny"}, {"error", "user_cancelled_login"}});
    BOOST_TEST(callback.get("error") == "user_cancelled_login");
    BOOST_TEST(!callback.get("error_description").empty());
}

BOOST_AUTO_TEST_CASE(unknown_scopes_come_back_as_an_error) {
    const auto reply = authorize("linkedin", {{"scope", "r_everything"}});
    BOOST_TEST(parseCallback(reply.header("Location")).get("error") == "invalid_scope");
}

BOOST_AUTO_TEST_CASE(the_same_scopes_again_can_skip_the_page) {
    connect("linkedin", "ben");
    BOOST_TEST(authorize("linkedin").status == 200);
    turn("linkedin", "silentReconsent", true);
    const auto silent = authorize("linkedin");
    BOOST_TEST(silent.status == 302);
    const auto callback = parseCallback(silent.header("Location"));
    BOOST_TEST(exchange("linkedin", callback.get("code")).status == 200);
    BOOST_TEST(oracle("linkedin")["grants"][1]["personId"] == "ben");
    BOOST_TEST(authorize("linkedin", {{"scope", "r_basicprofile"}}).status == 200);
}

BOOST_AUTO_TEST_CASE(another_scope_set_retires_earlier_tokens) {
    const auto first = connect("linkedin");
    connect("linkedin");
    BOOST_TEST(identity("linkedin", first.access).status == 200);
    connect("linkedin", "ada", {{"scope", "r_basicprofile"}});
    BOOST_TEST(identity("linkedin", first.access).at("serviceErrorCode") == "65601");

    turn("linkedin", "differentScopesRetire", false);
    const auto second = connect("linkedin");
    BOOST_TEST(identity("linkedin", second.access).status == 200);
    connect("linkedin", "ada", {{"scope", "r_basicprofile"}});
    BOOST_TEST(identity("linkedin", second.access).status == 200);
}

BOOST_AUTO_TEST_CASE(the_secret_belongs_in_the_body) {
    const auto code = consent("linkedin").get("code");
    const Fields form = {{"grant_type", "authorization_code"},
                         {"code", code},
                         {"redirect_uri", kRedirectUri},
                         {"client_id", "sandbox-linkedin"},
                         {"client_secret", secretOf("linkedin")}};
    const auto reply =
        postForm("/linkedin/oauth/v2/accessToken", form,
                 {{"Authorization", basic("sandbox-linkedin", secretOf("linkedin"))}});
    BOOST_TEST(reply.status == 401);
    BOOST_TEST(reply.at("error") == "invalid_client");
    BOOST_TEST(reply.at("error_description") == "Client authentication failed");
    BOOST_TEST(exchange("linkedin", code, {{"client_secret", "wrong"}}).status == 401);
    BOOST_TEST(exchange("linkedin", code, {{"client_id", "nobody"}}).at("error") ==
               "invalid_client");
    BOOST_TEST(exchange("linkedin", code, {{"client_id", kAbsent}}).at("error") ==
               "invalid_request");
    BOOST_TEST(exchange("linkedin", code).status == 200);
}

BOOST_AUTO_TEST_CASE(code_errors_have_their_own_words) {
    const auto unknown = exchange("linkedin", "no-such-code");
    BOOST_TEST(unknown.status == 401);
    BOOST_TEST(unknown.at("error_description") ==
               "Unable to retrieve access token: authorization code not found");
    const auto code = consent("linkedin").get("code");
    BOOST_TEST(exchange("linkedin", code, {{"redirect_uri", kAbsent}}).at("error_description") ==
               "A required parameter \"redirect_uri\" is missing");
    advance(1801);
    BOOST_TEST(exchange("linkedin", code).at("error") == "invalid_redirect_uri");
    turn("linkedin", "codeMismatchError", "invalid_request");
    BOOST_TEST(exchange("linkedin", code).at("error") == "invalid_request");
}

BOOST_AUTO_TEST_CASE(a_dead_refresh_token_is_spelt_in_two_ways) {
    const auto tokens = connect("linkedin");
    control("people/ada/revoke", {{"platform", "linkedin"}});
    const auto documented = refresh("linkedin", tokens.refresh);
    BOOST_TEST(documented.at("error") == "invalid_request");
    BOOST_TEST(documented.at("error_description").find("refresh token is invalid, expired") !=
               std::string::npos);
    turn("linkedin", "deadTokenError", "invalid_grant");
    BOOST_TEST(refresh("linkedin", tokens.refresh).at("error") == "invalid_grant");
}

BOOST_AUTO_TEST_CASE(scopes_are_separated_by_comma_or_space) {
    BOOST_TEST(connect("linkedin").body["scope"] == "w_member_social,r_basicprofile");
    turn("linkedin", "scopeSeparator", "space");
    BOOST_TEST(connect("linkedin").body["scope"] == "w_member_social r_basicprofile");
}

BOOST_AUTO_TEST_CASE(me_needs_the_basic_profile) {
    const auto access = connect("linkedin").access;
    const auto me = identity("linkedin", access);
    BOOST_TEST(me.at("localizedFirstName") == "Ada");
    BOOST_TEST(me.at("vanityName") == "ada-example");
    BOOST_TEST(me.at("profilePicture.displayImage~").empty());
    const auto projected = identity(
        "linkedin", access, {{"projection", "(id,profilePicture(displayImage~:playableStreams))"}});
    BOOST_TEST(projected.json()["profilePicture"]["displayImage~"]["elements"].size() == 2U);

    const auto narrow = connect("linkedin", "ada", {{"scope", "w_member_social"}});
    const auto refused = identity("linkedin", narrow.access);
    BOOST_TEST(refused.status == 403);
    BOOST_TEST(refused.at("serviceErrorCode") == "100");
}

BOOST_AUTO_TEST_CASE(userinfo_needs_openid_and_tells_the_same_person) {
    const auto open = connect("linkedin", "ada", {{"scope", "openid profile r_basicprofile"}});
    const Headers headers = {{"Authorization", bearer(open.access)}};
    const auto info = get("/linkedin/v2/userinfo", {}, headers);
    BOOST_TEST(info.at("sub") == identity("linkedin", open.access).at("id"));
    BOOST_TEST(info.at("given_name") == "Ada");
    const auto closed = connect("linkedin", "ben");
    BOOST_TEST(
        get("/linkedin/v2/userinfo", {}, {{"Authorization", bearer(closed.access)}}).status == 403);
}

BOOST_AUTO_TEST_CASE(access_errors_tell_unknown_revoked_and_expired_apart) {
    BOOST_TEST(identity("linkedin", "unknown").at("serviceErrorCode") == "65600");
    const auto tokens = connect("linkedin");
    advance(60 * 86400 + 1);
    BOOST_TEST(identity("linkedin", tokens.access).at("serviceErrorCode") == "65602");
    const auto removed = connect("linkedin");
    control("people/ada/revoke", {{"platform", "linkedin"}});
    BOOST_TEST(identity("linkedin", removed.access).at("code") == "REVOKED_ACCESS_TOKEN");
}

BOOST_AUTO_TEST_CASE(a_fresh_token_can_flake) {
    turn("linkedin", "identityFlakes", 2);
    const auto access = connect("linkedin").access;
    BOOST_TEST(identity("linkedin", access).at("serviceErrorCode") == "65601");
    BOOST_TEST(identity("linkedin", access).status == 401);
    BOOST_TEST(identity("linkedin", access).status == 200);
}

BOOST_AUTO_TEST_CASE(introspection_tells_the_state) {
    const auto tokens = connect("linkedin");
    const auto ask = [&] {
        return postForm("/linkedin/oauth/v2/introspectToken",
                        {{"client_id", "sandbox-linkedin"},
                         {"client_secret", secretOf("linkedin")},
                         {"token", tokens.access}});
    };
    BOOST_TEST(ask().at("status") == "active");
    BOOST_TEST(ask().at("auth_type") == "3L");
    revoke("linkedin", tokens.access);
    BOOST_TEST(ask().at("status") == "revoked");
    BOOST_TEST(ask().at("active") == "false");
}

BOOST_AUTO_TEST_CASE(the_revocation_endpoint_may_be_gone_or_narrow) {
    const auto tokens = connect("linkedin");
    turn("linkedin", "revokeEndpoint", false);
    BOOST_TEST(revoke("linkedin", tokens.access).status == 404);
    turn("linkedin", "revokeEndpoint", true);
    turn("linkedin", "revokeReach", "token");
    const auto done = revoke("linkedin", tokens.access);
    BOOST_TEST(done.status == 200);
    BOOST_TEST(done.body.empty());
    BOOST_TEST(identity("linkedin", tokens.access).status == 401);
    BOOST_TEST(refresh("linkedin", tokens.refresh).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace postato::sandbox::testing
