#define BOOST_TEST_DYN_LINK
#include <boost/test/unit_test.hpp>

#include "support.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox::testing {
namespace {

const std::string kTokenPath = "/twitter/2/oauth2/token";

Headers owner() { return {{"Authorization", basic("sandbox-twitter", secretOf("twitter"))}}; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(twitter_tests, Fixture)

BOOST_AUTO_TEST_CASE(pkce_is_compulsory) {
    BOOST_TEST(authorize("twitter", {{"code_challenge", kAbsent}}).status == 400);
    BOOST_TEST(authorize("twitter", {{"code_challenge_method", "S512"}}).status == 400);
    BOOST_TEST(authorize("twitter", {{"code_challenge_method", "s256"}}).status == 200);
}

BOOST_AUTO_TEST_CASE(the_verifier_must_match_and_a_wrong_one_costs_nothing) {
    const auto code = consent("twitter").get("code");
    const auto wrong = exchange("twitter", code, {{"code_verifier", "wrong"}});
    BOOST_TEST(wrong.status == 400);
    BOOST_TEST(wrong.at("error_description") ==
               "Value passed for the code verifier did not match the code challenge.");
    BOOST_TEST(exchange("twitter", code, {{"code_verifier", kAbsent}}).status == 400);
    BOOST_TEST(exchange("twitter", code).status == 200);
}

BOOST_AUTO_TEST_CASE(a_plain_challenge_is_the_verifier_and_stays_out_of_the_journal) {
    const auto callback = consent(
        "twitter", "ada", {{"code_challenge", kVerifier}, {"code_challenge_method", "plain"}});
    BOOST_TEST(exchange("twitter", callback.get("code")).status == 200);
    BOOST_TEST(journal("twitter").dump().find(kVerifier) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(odd_authorization_requests_get_a_page) {
    BOOST_TEST(authorize("twitter", {{"scope", "tweet.read everything"}}).status == 400);
    BOOST_TEST(authorize("twitter", {{"scope", kAbsent}}).status == 400);
    BOOST_TEST(authorize("twitter", {{"state", std::string(501, 's')}}).status == 400);
    BOOST_TEST(authorize("twitter", {{"state", std::string(500, 's')}}).status == 200);
}

BOOST_AUTO_TEST_CASE(codes_live_thirty_seconds) {
    const auto fresh = consent("twitter").get("code");
    advance(28);
    BOOST_TEST(exchange("twitter", fresh).status == 200);
    const auto stale = consent("twitter").get("code");
    advance(31);
    const auto reply = exchange("twitter", stale);
    BOOST_TEST(reply.status == 400);
    BOOST_TEST(reply.at("error") == "invalid_request");
    BOOST_TEST(reply.at("error_description") ==
               "Value passed for the authorization code was invalid.");
}

BOOST_AUTO_TEST_CASE(the_token_body_is_spelt_as_x_spells_it) {
    const auto body = connect("twitter").body;
    BOOST_TEST(body["token_type"] == "bearer");
    BOOST_TEST(body["scope"] == "offline.access users.read tweet.write tweet.read");
}

BOOST_AUTO_TEST_CASE(without_offline_access_there_is_no_refresh_token) {
    const auto tokens = connect("twitter", "ada", {{"scope", "tweet.read users.read"}});
    BOOST_TEST(!tokens.body.contains("refresh_token"));
}

BOOST_AUTO_TEST_CASE(confidential_apps_use_basic) {
    const auto code = consent("twitter").get("code");
    const Fields form = {{"grant_type", "authorization_code"},
                         {"code", code},
                         {"client_id", "sandbox-twitter"},
                         {"redirect_uri", kRedirectUri},
                         {"code_verifier", kVerifier}};
    auto with_secret = form;
    with_secret["client_secret"] = secretOf("twitter");
    for (const auto& reply :
         {postForm(kTokenPath, form), postForm(kTokenPath, with_secret),
          postForm(kTokenPath, form, {{"Authorization", basic("sandbox-twitter", "wrong")}})}) {
        BOOST_TEST(reply.status == 401);
        BOOST_TEST(reply.at("error") == "unauthorized_client");
        BOOST_TEST(reply.at("error_description") == "Missing valid authorization header");
    }
    const auto unknown = postForm(kTokenPath, form, {{"Authorization", basic("nobody", "x")}});
    BOOST_TEST(unknown.at("error") == "invalid_client");
    BOOST_TEST(postForm(kTokenPath, form, owner()).status == 200);
}

BOOST_AUTO_TEST_CASE(client_id_in_the_body_is_a_switch) {
    const auto code = consent("twitter").get("code");
    const auto refused = exchange("twitter", code, {{"client_id", kAbsent}});
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.at("error_description") == "Missing required parameter [client_id].");
    turn("twitter", "requireClientIdInBody", false);
    BOOST_TEST(exchange("twitter", code, {{"client_id", kAbsent}}).status == 200);
}

BOOST_AUTO_TEST_CASE(a_public_app_names_itself_and_has_no_secret) {
    control("clients", {{"platform", "twitter"}, {"clientId", "native"}, {"public", true}});
    const auto code = consent("twitter", "ada", {{"client_id", "native"}}).get("code");
    const Fields form = {{"grant_type", "authorization_code"},
                         {"code", code},
                         {"client_id", "native"},
                         {"redirect_uri", kRedirectUri},
                         {"code_verifier", kVerifier}};
    BOOST_TEST(postForm(kTokenPath, form, {{"Authorization", basic("native", "")}}).status == 401);
    BOOST_TEST(postForm(kTokenPath, form).status == 200);
}

BOOST_AUTO_TEST_CASE(the_token_endpoint_wants_a_form) {
    const auto reply = send("POST", kTokenPath,
                            {{"Content-Type", "application/json"},
                             {"Authorization", basic("sandbox-twitter", secretOf("twitter"))}},
                            "{}");
    BOOST_TEST(reply.status == 400);
    BOOST_TEST(refresh("twitter", "x", {{"grant_type", "password"}}).status == 400);
    const auto broken =
        send("POST", kTokenPath, {{"Content-Type", "application/x-www-form-urlencoded"}}, "a=%zz");
    BOOST_TEST(broken.status == 400);
}

BOOST_AUTO_TEST_CASE(a_refresh_token_works_once) {
    const auto tokens = connect("twitter");
    const auto next = refresh("twitter", tokens.refresh);
    BOOST_TEST(next.status == 200);
    BOOST_TEST(next.at("refresh_token") != tokens.refresh);
    const auto again = refresh("twitter", tokens.refresh);
    BOOST_TEST(again.status == 400);
    BOOST_TEST(again.at("error") == "invalid_request");
    BOOST_TEST(again.at("error_description") == "Value passed for the token was invalid.");
    BOOST_TEST(firstGrant("twitter")["reuseAttempts"] == 1);
    BOOST_TEST(refresh("twitter", next.at("refresh_token")).status == 200);
}

BOOST_AUTO_TEST_CASE(a_reuse_can_kill_the_grant) {
    turn("twitter", "reuseKillsGrant", true);
    turn("twitter", "deadTokenError", "invalid_grant");
    const auto tokens = connect("twitter");
    const auto next = refresh("twitter", tokens.refresh).at("refresh_token");
    BOOST_TEST(refresh("twitter", tokens.refresh).at("error") == "invalid_grant");
    BOOST_TEST(refresh("twitter", next).at("error") == "invalid_grant");
    BOOST_TEST(firstGrant("twitter")["alive"] == false);
}

BOOST_AUTO_TEST_CASE(a_grace_period_lets_the_old_token_work_on) {
    turn("twitter", "rotation", "grace");
    turn("twitter", "graceSeconds", 30);
    const auto tokens = connect("twitter");
    BOOST_TEST(refresh("twitter", tokens.refresh).status == 200);
    BOOST_TEST(refresh("twitter", tokens.refresh).status == 200);
    advance(31);
    BOOST_TEST(refresh("twitter", tokens.refresh).status == 400);
    BOOST_TEST(firstGrant("twitter")["reuseAttempts"] == 2);
}

BOOST_AUTO_TEST_CASE(a_refresh_can_end_the_access_token_before_it) {
    const auto lives = connect("twitter");
    refresh("twitter", lives.refresh);
    BOOST_TEST(identity("twitter", lives.access).status == 200);
    turn("twitter", "refreshKillsOldAccess", true);
    const auto dies = connect("twitter");
    refresh("twitter", dies.refresh);
    BOOST_TEST(identity("twitter", dies.access).status == 401);
}

BOOST_AUTO_TEST_CASE(a_second_consent_can_retire_the_first) {
    connect("twitter");
    connect("twitter");
    BOOST_TEST(firstGrant("twitter")["alive"] == true);
    turn("twitter", "secondConsentKillsFirst", true);
    connect("twitter");
    BOOST_TEST(firstGrant("twitter")["alive"] == false);
}

BOOST_AUTO_TEST_CASE(a_refresh_token_dies_of_age) {
    control("lifetimes", {{"platform", "twitter"}, {"refresh", 100}});
    const auto tokens = connect("twitter");
    advance(101);
    BOOST_TEST(refresh("twitter", tokens.refresh).status == 400);
    BOOST_TEST(firstGrant("twitter")["reuseAttempts"] == 0);
}

BOOST_AUTO_TEST_CASE(revocation_reaches_one_token_or_the_pair) {
    const auto one = connect("twitter");
    BOOST_TEST(revoke("twitter", one.refresh).at("revoked") == "true");
    BOOST_TEST(refresh("twitter", one.refresh).status == 400);
    BOOST_TEST(identity("twitter", one.access).status == 200);
    BOOST_TEST(revoke("twitter", one.access).status == 200);
    BOOST_TEST(firstGrant("twitter")["alive"] == false);

    turn("twitter", "revokeReach", "grant");
    const auto pair = connect("twitter");
    revoke("twitter", pair.refresh);
    BOOST_TEST(identity("twitter", pair.access).status == 401);
}

BOOST_AUTO_TEST_CASE(revoking_an_unknown_token_is_a_switch) {
    BOOST_TEST(revoke("twitter", "unknown").status == 200);
    turn("twitter", "revokeUnknownSucceeds", false);
    BOOST_TEST(revoke("twitter", "unknown").status == 400);
}

BOOST_AUTO_TEST_CASE(revocation_wants_the_client) {
    const auto tokens = connect("twitter");
    const auto reply = postForm("/twitter/2/oauth2/revoke",
                                {{"token", tokens.access}, {"client_id", "sandbox-twitter"}});
    BOOST_TEST(reply.status == 401);
    BOOST_TEST(identity("twitter", tokens.access).status == 200);
}

BOOST_AUTO_TEST_CASE(identity_tells_the_person_and_only_the_fields_asked) {
    const auto access = connect("twitter", "ben").access;
    const auto plain = identity("twitter", access);
    BOOST_TEST(plain.at("data.id") == "1244994945000000002");
    BOOST_TEST(plain.at("data.username") == "ben_placeholder");
    BOOST_TEST(plain.at("data.profile_image_url").empty());
    const auto more = identity("twitter", access, {{"user.fields", "profile_image_url,verified"}});
    BOOST_TEST(!more.at("data.profile_image_url").empty());
    BOOST_TEST(identity("twitter", access, {{"user.fields", "shoe_size"}}).status == 400);
}

BOOST_AUTO_TEST_CASE(identity_refuses_in_problem_json) {
    const auto unknown = identity("twitter", "unknown");
    BOOST_TEST(unknown.status == 401);
    BOOST_TEST(unknown.at("title") == "Unauthorized");
    BOOST_TEST(unknown.header("Content-Type") == "application/problem+json");
    const auto narrow = connect("twitter", "ada", {{"scope", "tweet.read offline.access"}});
    BOOST_TEST(identity("twitter", narrow.access).status == 403);
}

BOOST_AUTO_TEST_CASE(identity_has_a_limit_with_headers) {
    turn("twitter", "identityLimit", 2);
    const auto access = connect("twitter").access;
    BOOST_TEST(identity("twitter", access).header("x-rate-limit-remaining") == "1");
    BOOST_TEST(identity("twitter", access).status == 200);
    const auto refused = identity("twitter", access);
    BOOST_TEST(refused.status == 429);
    BOOST_TEST(!refused.header("x-rate-limit-reset").empty());
    advance(15 * 60 + 1);
    BOOST_TEST(identity("twitter", access).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace postato::sandbox::testing
