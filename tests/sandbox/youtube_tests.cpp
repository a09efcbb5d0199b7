#define BOOST_TEST_DYN_LINK
#include <boost/test/unit_test.hpp>

#include "support.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox::testing {
namespace {

const std::string kReadonly = "https://www.googleapis.com/auth/youtube.readonly";
const std::string kUpload = "https://www.googleapis.com/auth/youtube.upload";
constexpr int kDay = 86400;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(youtube_tests, Fixture)

BOOST_AUTO_TEST_CASE(offline_access_and_consent_decide_about_the_refresh_token) {
    const auto has_refresh_token = [this](const Fields& changes) {
        return connect("youtube", "ada", changes).body.contains("refresh_token");
    };
    BOOST_TEST(!has_refresh_token({{"access_type", kAbsent}}));
    // Ada has consented once by now.
    BOOST_TEST(!has_refresh_token({{"prompt", kAbsent}}));
    BOOST_TEST(has_refresh_token({{"prompt", "consent select_account"}}));
    BOOST_TEST(connect("youtube", "ben", {{"prompt", kAbsent}}).body.contains("refresh_token"));
}

BOOST_AUTO_TEST_CASE(boxes_can_be_left_unticked) {
    const auto some = consent("youtube", "ada", {}, {{"scopes", {kUpload}}});
    BOOST_TEST(some.get("scope") == kUpload);
    const auto tokens = exchange("youtube", some.get("code"));
    BOOST_TEST(tokens.at("scope") == kUpload);
    const auto refused = identity("youtube", tokens.at("access_token"));
    BOOST_TEST(refused.status == 403);
    BOOST_TEST(refused.json()["error"]["errors"][0]["reason"] == "insufficientPermissions");
    BOOST_TEST(refused.header("WWW-Authenticate").find("insufficient_scope") != std::string::npos);
    const auto none = consent("youtube", "ada", {}, {{"scopes", Json::array()}});
    BOOST_TEST(exchange("youtube", none.get("code")).at("scope").empty());
}

BOOST_AUTO_TEST_CASE(earlier_scopes_come_back_only_when_asked_for) {
    connect("youtube");
    const auto plain = connect("youtube", "ada", {{"scope", kReadonly}});
    BOOST_TEST(plain.body["scope"] == kReadonly);
    connect("youtube");
    const auto grown =
        connect("youtube", "ada", {{"scope", kReadonly}, {"include_granted_scopes", "true"}});
    BOOST_TEST(grown.body["scope"] == kReadonly + " " + kUpload);
}

BOOST_AUTO_TEST_CASE(the_callback_has_googles_parameters) {
    const auto callback = consent("youtube");
    BOOST_TEST(callback.get("code").starts_with("4/0A"));
    BOOST_TEST(callback.get("scope") == kUpload + " " + kReadonly);
    BOOST_TEST(!callback.parameters.has("iss"));
    turn("youtube", "iss", "https://accounts.google.com");
    BOOST_TEST(consent("youtube").get("iss") == "https://accounts.google.com");
}

BOOST_AUTO_TEST_CASE(odd_prompts_and_scopes_are_answered_as_google_does) {
    const auto error = [this](const Fields& changes) {
        return parseCallback(authorize("youtube", changes).header("Location")).get("error");
    };
    BOOST_TEST(error({{"scope", "https://example.com/unknown"}}) == "invalid_scope");
    BOOST_TEST(error({{"prompt", "none"}}) == "interaction_required");
    BOOST_TEST(authorize("youtube", {{"prompt", "always"}}).status == 400);
}

BOOST_AUTO_TEST_CASE(code_errors_tell_encoding_reuse_and_redirect_apart) {
    const auto code = consent("youtube").get("code");
    const auto twice = exchange("youtube", percentEncode(code));
    BOOST_TEST(twice.at("error") == "invalid_grant");
    BOOST_TEST(twice.at("error_description") == "Malformed auth code.");
    const auto elsewhere = exchange("youtube", code, {{"redirect_uri", "http://localhost/"}});
    BOOST_TEST(elsewhere.at("error") == "redirect_uri_mismatch");
    exchange("youtube", code);
    BOOST_TEST(exchange("youtube", code).at("error_description") == "Bad Request");
}

BOOST_AUTO_TEST_CASE(pkce_is_optional_but_checked) {
    const auto challenge = sha256Base64Url(kVerifier);
    const auto code = consent("youtube", "ada",
                              {{"code_challenge", challenge}, {"code_challenge_method", "S256"}})
                          .get("code");
    BOOST_TEST(exchange("youtube", code).at("error_description") == "Missing code verifier.");
    BOOST_TEST(exchange("youtube", code, {{"code_verifier", "wrong"}}).at("error_description") ==
               "Invalid code verifier.");
    BOOST_TEST(exchange("youtube", code, {{"code_verifier", kVerifier}}).status == 200);
}

BOOST_AUTO_TEST_CASE(clients_authenticate_in_the_body_or_by_basic) {
    const auto code = consent("youtube").get("code");
    BOOST_TEST(exchange("youtube", code, {{"client_id", "nobody"}}).at("error_description") ==
               "The OAuth client was not found.");
    const auto wrong = exchange("youtube", code, {{"client_secret", "wrong"}});
    BOOST_TEST(wrong.status == 401);
    BOOST_TEST(wrong.at("error_description") == "Unauthorized");
    const auto reply = postForm(
        "/youtube/token",
        {{"grant_type", "authorization_code"}, {"code", code}, {"redirect_uri", kRedirectUri}},
        {{"Authorization", basic("sandbox-youtube", secretOf("youtube"))}});
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(refresh("youtube", "x", {{"grant_type", "password"}}).at("error") ==
               "unsupported_grant_type");
}

BOOST_AUTO_TEST_CASE(refresh_answers_never_carry_a_refresh_token) {
    const auto reply = refresh("youtube", connect("youtube").refresh);
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(!reply.json().contains("refresh_token"));
    BOOST_TEST(reply.at("scope") == kUpload + " " + kReadonly);
}

BOOST_AUTO_TEST_CASE(the_words_about_a_dead_token_wear_off_after_a_day) {
    const auto tokens = connect("youtube");
    revoke("youtube", tokens.access);
    const auto fresh = refresh("youtube", tokens.refresh);
    BOOST_TEST(fresh.status == 400);
    BOOST_TEST(fresh.at("error") == "invalid_grant");
    BOOST_TEST(fresh.at("error_description") == "Token has been expired or revoked.");
    advance(kDay + 1);
    BOOST_TEST(refresh("youtube", tokens.refresh).at("error_description") == "Bad Request");
}

BOOST_AUTO_TEST_CASE(half_a_year_unused_ends_a_refresh_token) {
    const auto tokens = connect("youtube");
    for (int i = 0; i < 3; ++i) {
        advance(170 * kDay);
        BOOST_TEST(refresh("youtube", tokens.refresh).status == 200);
    }
    advance(181 * kDay);
    BOOST_TEST(refresh("youtube", tokens.refresh).status == 400);
}

BOOST_AUTO_TEST_CASE(beyond_the_cap_the_oldest_refresh_token_goes) {
    turn("youtube", "refreshTokenCap", 2);
    const auto first = connect("youtube").refresh;
    const auto second = connect("youtube").refresh;
    const auto other_person = connect("youtube", "ben").refresh;
    BOOST_TEST(refresh("youtube", first).status == 200);
    connect("youtube");
    BOOST_TEST(refresh("youtube", first).at("error") == "invalid_grant");
    BOOST_TEST(refresh("youtube", second).status == 200);
    BOOST_TEST(refresh("youtube", other_person).status == 200);
}

BOOST_AUTO_TEST_CASE(apps_in_testing_have_a_week_and_a_guest_list) {
    turn("youtube", "testingMode", true);
    turn("youtube", "testUsers", Json::array({"ben"}));
    BOOST_TEST(consent("youtube", "ada").get("error") == "access_denied");
    const auto tokens = connect("youtube", "ben");
    BOOST_TEST(tokens.body["refresh_token_expires_in"] == 7 * kDay);
    advance(4 * kDay);
    BOOST_TEST(refresh("youtube", tokens.refresh).status == 200);
    advance(4 * kDay);
    BOOST_TEST(refresh("youtube", tokens.refresh).status == 400);
}

BOOST_AUTO_TEST_CASE(session_control_asks_for_the_person_again) {
    turn("youtube", "reauthRequired", true);
    const auto reply = refresh("youtube", connect("youtube").refresh);
    BOOST_TEST(reply.at("error") == "invalid_grant");
    BOOST_TEST(reply.at("error_subtype") == "invalid_rapt");
}

BOOST_AUTO_TEST_CASE(revocation_takes_either_token_and_everything_goes) {
    const auto first = connect("youtube", "ben");
    const auto second = connect("youtube", "ben");
    BOOST_TEST(revoke("youtube", first.refresh).body.empty());
    BOOST_TEST(identity("youtube", second.access).status == 401);
    const auto again = revoke("youtube", first.refresh);
    BOOST_TEST(again.status == 400);
    BOOST_TEST(again.at("error") == "invalid_token");
    turn("youtube", "revokeBody", "object");
    const auto third = connect("youtube").access;
    const auto by_query = send("POST", "/youtube/revoke?token=" + percentEncode(third));
    BOOST_TEST(by_query.status == 200);
    BOOST_TEST(by_query.body == "{}");
}

BOOST_AUTO_TEST_CASE(channels_are_one_two_or_none) {
    const auto count = [this](const std::string& person, Json more = Json::object()) {
        const auto access = connect("youtube", person, {}, std::move(more)).access;
        return identity("youtube", access).json()["items"].size();
    };
    BOOST_TEST(count("ada") == 1U);
    BOOST_TEST(count("ben") == 2U);
    BOOST_TEST(count("ben", {{"channels", {"UCsandboxBenMusic0000003"}}}) == 1U);
    BOOST_TEST(count("cleo") == 0U);
}

BOOST_AUTO_TEST_CASE(no_channel_looks_three_ways) {
    const auto access = connect("youtube", "cleo").access;
    BOOST_TEST(identity("youtube", access).json()["items"].is_array());
    turn("youtube", "noChannelShape", "absent");
    BOOST_TEST(!identity("youtube", access).json().contains("items"));
    turn("youtube", "noChannelShape", "signupRequired");
    const auto refused = identity("youtube", access);
    BOOST_TEST(refused.status == 401);
    BOOST_TEST(refused.json()["error"]["errors"][0]["reason"] == "youtubeSignupRequired");
}

BOOST_AUTO_TEST_CASE(the_channel_list_wants_part_and_filter) {
    const auto access = connect("youtube").access;
    BOOST_TEST(identity("youtube", access, {{"part", kAbsent}}).status == 400);
    BOOST_TEST(identity("youtube", access, {{"mine", kAbsent}}).status == 400);
    const auto item = identity("youtube", access).json()["items"][0];
    BOOST_TEST(item["snippet"]["customUrl"] == "@adaexample");
    BOOST_TEST(item["id"].get<std::string>().size() == 24U);
    const auto unknown = identity("youtube", "unknown");
    BOOST_TEST(unknown.status == 401);
    BOOST_TEST(unknown.json()["error"]["errors"][0]["reason"] == "authError");
}

BOOST_AUTO_TEST_CASE(tokeninfo_tells_the_granted_scope) {
    const auto access = connect("youtube").access;
    const auto info = get("/youtube/tokeninfo", {{"access_token", access}});
    BOOST_TEST(info.at("scope") == kUpload + " " + kReadonly);
    BOOST_TEST(info.at("aud") == "sandbox-youtube");
    BOOST_TEST(get("/youtube/tokeninfo", {{"access_token", "x"}}).status == 400);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace postato::sandbox::testing
