#define BOOST_TEST_DYN_LINK
#include <boost/test/unit_test.hpp>

#include "support.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox::testing {

BOOST_FIXTURE_TEST_SUITE(tiktok_tests, Fixture)

BOOST_AUTO_TEST_CASE(the_client_is_named_client_key) {
    const auto page =
        authorize("tiktok", {{"client_key", kAbsent}, {"client_id", "sandbox-tiktok"}});
    BOOST_TEST(page.status == 400);
    BOOST_TEST(page.body.find("client_key") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(scopes_want_commas) {
    for (const auto* scope : {"video.upload user.info.basic", "video.everything"}) {
        const auto reply = authorize("tiktok", {{"scope", scope}});
        BOOST_TEST(reply.status == 302);
        const auto callback = parseCallback(reply.header("Location"));
        BOOST_TEST(callback.get("error") == "invalid_scope");
        BOOST_TEST(callback.parameters.has("state"));
    }
}

BOOST_AUTO_TEST_CASE(paths_without_the_trailing_slash_are_404) {
    BOOST_TEST(get("/tiktok/v2/auth/authorize").status == 404);
    BOOST_TEST(postForm("/tiktok/v2/oauth/token", {}).status == 404);
    BOOST_TEST(get("/tiktok/v2/user/info").status == 404);
}

BOOST_AUTO_TEST_CASE(the_callback_lists_the_scopes_that_were_left_on) {
    const auto callback = consent("tiktok", "ada", {}, {{"scopes", {"user.info.basic"}}});
    BOOST_TEST(callback.get("scopes") == "user.info.basic");
    BOOST_TEST(exchange("tiktok", callback.get("code")).at("scope") == "user.info.basic");
}

BOOST_AUTO_TEST_CASE(codes_carry_characters_that_need_encoding) {
    control("consent", {{"platform", "tiktok"}, {"person", "ada"}, {"decision", "approve"}});
    const auto location = authorize("tiktok").header("Location");
    BOOST_TEST(location.find("%2A") != std::string::npos);
    BOOST_TEST(location.find("%21") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(errors_are_flat_and_come_with_200_or_a_proper_status) {
    const auto code = consent("tiktok").get("code");
    const auto with_200 = exchange("tiktok", code, {{"redirect_uri", "http://localhost/"}});
    BOOST_TEST(with_200.status == 200);
    BOOST_TEST(with_200.at("error") == "invalid_request");
    BOOST_TEST(with_200.at("error_description") ==
               "Redirect_uri is not matched with the uri when requesting code.");
    BOOST_TEST(!with_200.at("log_id").empty());
    turn("tiktok", "oauthErrorsAs200", false);
    BOOST_TEST(exchange("tiktok", "unknown").status == 400);
    const auto client = exchange("tiktok", code, {{"client_secret", "wrong"}});
    BOOST_TEST(client.status == 401);
    BOOST_TEST(client.at("error") == "invalid_client");
    advance(601);
    BOOST_TEST(exchange("tiktok", code).at("error_description") ==
               "Authorization code is expired.");
    BOOST_TEST(refresh("tiktok", "x", {{"grant_type", "password"}}).at("error") ==
               "unsupported_grant_type");
}

BOOST_AUTO_TEST_CASE(lifetimes_have_two_profiles) {
    const auto now = connect("tiktok").body;
    BOOST_TEST(now["expires_in"] == 7200);
    BOOST_TEST(now["refresh_expires_in"] == 15552000);
    turn("tiktok", "lifetimeProfile", "old");
    const auto before = connect("tiktok").body;
    BOOST_TEST(before["expires_in"] == 86400);
    BOOST_TEST(before["refresh_expires_in"] == 31536000);
}

BOOST_AUTO_TEST_CASE(the_token_body_has_the_prefixes_and_the_open_id) {
    const auto tokens = connect("tiktok");
    BOOST_TEST(tokens.access.starts_with("act."));
    BOOST_TEST(tokens.refresh.starts_with("rft."));
    BOOST_TEST(tokens.body["open_id"] == identity("tiktok", tokens.access).at("data.user.open_id"));
    BOOST_TEST(tokens.body["open_id"] != connect("tiktok", "ben").body["open_id"]);
}

BOOST_AUTO_TEST_CASE(rotation_is_strict_graceful_or_absent) {
    const auto strict = connect("tiktok");
    BOOST_TEST(!refresh("tiktok", strict.refresh).at("access_token").empty());
    BOOST_TEST(refresh("tiktok", strict.refresh).at("error") == "invalid_grant");
    BOOST_TEST(firstGrant("tiktok")["reuseAttempts"] == 1);

    turn("tiktok", "rotation", "grace");
    const auto grace = connect("tiktok");
    refresh("tiktok", grace.refresh);
    BOOST_TEST(!refresh("tiktok", grace.refresh).at("access_token").empty());

    turn("tiktok", "rotation", "same");
    const auto same = connect("tiktok");
    BOOST_TEST(refresh("tiktok", same.refresh).at("refresh_token") == same.refresh);
    BOOST_TEST(oracle("tiktok")["grants"][2]["rotations"] == 0);
}

BOOST_AUTO_TEST_CASE(reuse_and_refresh_have_their_switches) {
    turn("tiktok", "reuseKillsGrant", true);
    turn("tiktok", "refreshKillsOldAccess", true);
    const auto tokens = connect("tiktok");
    const auto next = refresh("tiktok", tokens.refresh);
    BOOST_TEST(identity("tiktok", tokens.access).status == 401);
    refresh("tiktok", tokens.refresh);
    BOOST_TEST(identity("tiktok", next.at("access_token")).status == 401);

    turn("tiktok", "refreshRefused", true);
    BOOST_TEST(refresh("tiktok", connect("tiktok").refresh).at("error") == "invalid_grant");
}

BOOST_AUTO_TEST_CASE(desktop_apps_use_a_hex_challenge) {
    turn("tiktok", "desktopMode", true);
    const auto missing = parseCallback(authorize("tiktok").header("Location"));
    BOOST_TEST(missing.get("error") == "invalid_request");
    const auto try_with = [this](const std::string& challenge) {
        const auto code =
            consent("tiktok", "ada",
                    {{"code_challenge", challenge}, {"code_challenge_method", "S256"}})
                .get("code");
        return exchange("tiktok", code, {{"code_verifier", kVerifier}});
    };
    BOOST_TEST(!try_with(sha256Hex(kVerifier)).at("access_token").empty());
    BOOST_TEST(try_with(sha256Base64Url(kVerifier)).at("error_description") ==
               "Code verifier or code challenge is invalid.");
}

BOOST_AUTO_TEST_CASE(web_apps_have_no_pkce) {
    const auto code =
        consent("tiktok", "ada", {{"code_challenge", "x"}, {"code_challenge_method", "S256"}})
            .get("code");
    BOOST_TEST(!exchange("tiktok", code).at("access_token").empty());
}

BOOST_AUTO_TEST_CASE(identity_answers_in_the_envelope) {
    const auto reply = identity("tiktok", connect("tiktok", "zoe").access);
    BOOST_TEST(reply.at("error.code") == "ok");
    BOOST_TEST(reply.at("data.user.display_name") == "Zoë Prétend 🎬");
    BOOST_TEST(reply.at("data.user.avatar_url").find("x-expires=") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_field_without_its_scope_fails_the_whole_call) {
    const auto access = connect("tiktok").access;
    const Fields fields = {{"fields", "open_id,username"}};
    const auto reply = identity("tiktok", access, fields);
    BOOST_TEST(reply.status == 401);
    BOOST_TEST(reply.at("error.code") == "scope_permission_missed");
    turn("tiktok", "scopeMissedStatus", 400);
    BOOST_TEST(identity("tiktok", access, fields).status == 400);
    BOOST_TEST(identity("tiktok", access, {{"fields", kAbsent}}).at("error.code") ==
               "invalid_params");
    BOOST_TEST(identity("tiktok", access, {{"fields", "shoe_size"}}).status == 400);
    const auto wide =
        connect("tiktok", "ada", {{"scope", "user.info.basic,user.info.profile"}}).access;
    BOOST_TEST(identity("tiktok", wide, fields).at("data.user.username") == "ada.example");
    BOOST_TEST(identity("tiktok", "unknown").at("error.code") == "access_token_invalid");
}

BOOST_AUTO_TEST_CASE(revocation_ends_the_grant_and_a_second_says_so) {
    const auto tokens = connect("tiktok");
    const auto done = revoke("tiktok", tokens.access);
    BOOST_TEST(done.status == 200);
    BOOST_TEST(done.body.empty());
    BOOST_TEST(revoke("tiktok", tokens.access).at("error") == "invalid_grant");
    turn("tiktok", "deadRevokeError", "access_token_invalid");
    BOOST_TEST(revoke("tiktok", tokens.access).at("error") == "access_token_invalid");
    turn("tiktok", "revokeBody", "object");
    BOOST_TEST(revoke("tiktok", connect("tiktok").access).body == "{}");
    BOOST_TEST(revoke("tiktok", "x", {{"client_secret", kAbsent}}).at("error") == "invalid_client");
}

BOOST_AUTO_TEST_CASE(the_page_can_be_skipped_for_a_live_session) {
    turn("tiktok", "signedIn", true);
    connect("tiktok");
    BOOST_TEST(authorize("tiktok", {{"disable_auto_auth", "1"}}).status == 200);
    BOOST_TEST(authorize("tiktok", {{"disable_auto_auth", "0"}}).status == 302);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace postato::sandbox::testing
