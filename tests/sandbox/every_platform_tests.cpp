// What all six platforms have in common, each asked in its own way.

#define BOOST_TEST_DYN_LINK
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <map>

#include "support.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox::testing {
namespace {

const auto kEach = boost::unit_test::data::make(kPlatforms);

std::string clientName(const std::string& platform) {
    return platform == "tiktok" ? "client_key" : "client_id";
}

std::string authorizePath(const std::string& platform) {
    const Fields paths = {
        {"twitter", "/i/oauth2/authorize"}, {"linkedin", "/oauth/v2/authorization"},
        {"instagram", "/oauth/authorize"},  {"facebook", "/v26.0/dialog/oauth"},
        {"tiktok", "/v2/auth/authorize/"},  {"youtube", "/o/oauth2/v2/auth"}};
    return paths.at(platform);
}

/// A day older, so that Instagram refreshes, too.
void ageTokens(const Fixture& sandbox, const std::string& platform) {
    if (platform == "instagram") sandbox.advance(2 * 86400);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(every_platform_tests, Fixture)

BOOST_DATA_TEST_CASE(a_connect_ends_with_a_working_token, kEach, platform) {
    const auto tokens = connect(platform);
    BOOST_TEST(identity(platform, tokens.access).status == 200);
    const auto grant = firstGrant(platform);
    BOOST_TEST(grant["personId"] == "ada");
    BOOST_TEST(grant["alive"] == true);
    BOOST_TEST(grant["generation"] == 1);
    BOOST_TEST(grant["rotations"] == 0);
    BOOST_TEST(grant["reuseAttempts"] == 0);
    BOOST_TEST(grant["scopes"].size() >= 2U);
}

BOOST_DATA_TEST_CASE(the_state_comes_back_byte_for_byte, kEach, platform) {
    const auto callback = consent(platform);
    BOOST_TEST(callback.target == kRedirectUri);
    BOOST_TEST(callback.get("state") == "a state/with+odd=characters");
}

BOOST_DATA_TEST_CASE(a_script_can_omit_or_alter_the_state, kEach, platform) {
    BOOST_TEST(!consent(platform, "ada", {}, {{"state", "omit"}}).parameters.has("state"));
    const auto altered = consent(platform, "ada", {}, {{"state", "alter"}}).get("state");
    BOOST_TEST(!altered.empty());
    BOOST_TEST(altered != "a state/with+odd=characters");
}

BOOST_DATA_TEST_CASE(a_denial_comes_back_with_error_and_state, kEach, platform) {
    const auto callback = consent(platform, "ada", {}, {{"decision", "deny"}});
    BOOST_TEST(callback.get("error") ==
               (platform == "linkedin" ? "user_cancelled_authorize" : "access_denied"));
    BOOST_TEST(callback.get("state") == "a state/with+odd=characters");
    BOOST_TEST(!callback.parameters.has("code"));
    BOOST_TEST(oracle(platform)["grants"].empty());
}

BOOST_DATA_TEST_CASE(authorize_refuses_without_a_redirect, kEach, platform) {
    const std::vector<Fields> bad = {
        {{clientName(platform), "nobody"}},
        {{clientName(platform), kAbsent}},
        {{"redirect_uri", kAbsent}},
        {{"redirect_uri", "http://example.com/callback"}},
        {{"redirect_uri", "http://127.0.0.1.example.com/callback"}},
        {{"redirect_uri", "http://localhost:80@example.com/callback"}},
        {{"redirect_uri", kRedirectUri + "\r\nSet-Cookie: a=b"}},
        {{"redirect_uri", kRedirectUri + "#fragment"}},
        {{"response_type", "token"}},
    };
    for (const auto& changes : bad) {
        const auto reply = authorize(platform, changes);
        BOOST_TEST_CONTEXT(changes.begin()->first << "=" << changes.begin()->second) {
            BOOST_TEST(reply.status == 400);
            BOOST_TEST(reply.header("Location").empty());
        }
    }
}

BOOST_DATA_TEST_CASE(authorize_refuses_a_repeated_parameter, kEach, platform) {
    const auto path = authorizePath(platform);
    BOOST_TEST(get("/" + platform + path + "?state=a&state=b").status == 400);
    BOOST_TEST(get("/" + platform + path + "?state=%zz").status == 400);
}

BOOST_DATA_TEST_CASE(a_registered_redirect_uri_must_match_character_by_character, kEach, platform) {
    const std::string registered = "https://app.example/callback";
    control("clients", {{"platform", platform},
                        {"clientId", "strict"},
                        {"clientSecret", "s"},
                        {"redirectUris", {registered}}});
    const auto status = [&](const std::string& uri) {
        return authorize(platform, {{clientName(platform), "strict"}, {"redirect_uri", uri}})
            .status;
    };
    BOOST_TEST(status(registered) == 200);
    BOOST_TEST(status(registered + "/") == 400);
    BOOST_TEST(status("https://app.example/Callback") == 400);
    BOOST_TEST(status("https://app.example:443/callback") == 400);
    BOOST_TEST(status(kRedirectUri) == 400);
    // LinkedIn alone does not look at the query.
    BOOST_TEST(status(registered + "?a=b") == (platform == "linkedin" ? 200 : 400));
}

BOOST_DATA_TEST_CASE(strict_redirect_withdraws_the_loopback_privilege, kEach, platform) {
    BOOST_TEST(authorize(platform).status == 200);
    turn(platform, "strictRedirect", true);
    BOOST_TEST(authorize(platform).status == 400);
}

BOOST_DATA_TEST_CASE(a_code_works_once, kEach, platform) {
    const auto code = consent(platform).get("code");
    const auto first = exchange(platform, code).at("access_token");
    BOOST_TEST(!first.empty());
    BOOST_TEST(exchange(platform, code).at("access_token").empty());
    BOOST_TEST(firstGrant(platform)["alive"] == true);
}

BOOST_DATA_TEST_CASE(reusing_a_code_can_end_its_grant, kEach, platform) {
    turn(platform, "codeReuseRevokes", true);
    const auto code = consent(platform).get("code");
    exchange(platform, code);
    exchange(platform, code);
    BOOST_TEST(firstGrant(platform)["alive"] == false);
}

BOOST_DATA_TEST_CASE(a_code_dies_of_age, kEach, platform) {
    control("lifetimes", {{"platform", platform}, {"code", 5}});
    const auto code = consent(platform).get("code");
    advance(6);
    BOOST_TEST(exchange(platform, code).at("access_token").empty());
    BOOST_TEST(oracle(platform)["grants"].empty());
}

BOOST_DATA_TEST_CASE(a_code_is_bound_to_client_and_redirect_uri, kEach, platform) {
    control("clients",
            {{"platform", platform}, {"clientId", "other"}, {"clientSecret", "other-secret"}});
    const auto code = consent(platform).get("code");
    BOOST_TEST(exchange(platform, code, {{"redirect_uri", kRedirectUri + "/"}})
                   .at("access_token")
                   .empty());
    if (platform != "twitter") {  // whose client stands in the header; see twitter_tests
        BOOST_TEST(exchange(platform, code,
                            {{clientName(platform), "other"}, {"client_secret", "other-secret"}})
                       .at("access_token")
                       .empty());
    }
    BOOST_TEST(!exchange(platform, code).at("access_token").empty());
}

BOOST_DATA_TEST_CASE(a_refresh_keeps_the_account_going, kEach, platform) {
    auto tokens = connect(platform);
    for (int round = 1; round <= 5; ++round) {
        ageTokens(*this, platform);
        const auto reply = refresh(platform, tokens.refresh);
        BOOST_TEST_REQUIRE(reply.status == 200);
        tokens.access = reply.at("access_token");
        const bool meta = platform == "instagram" || platform == "facebook";
        const auto next = meta ? tokens.access : reply.at("refresh_token");
        if (!next.empty()) tokens.refresh = next;
        BOOST_TEST(identity(platform, tokens.access).status == 200);
    }
    const auto grant = firstGrant(platform);
    const bool rotates = platform != "linkedin" && platform != "youtube";
    BOOST_TEST(grant["generation"] == 6);
    BOOST_TEST(grant["rotations"] == (rotates ? 5 : 0));
    BOOST_TEST(grant["reuseAttempts"] == 0);
    BOOST_TEST(oracle(platform)["requests"]["refresh"] == 5);
}

BOOST_DATA_TEST_CASE(an_access_token_expires_by_the_clock, kEach, platform) {
    control("lifetimes", {{"platform", platform}, {"access", 3}});
    const auto tokens = connect(platform);
    BOOST_TEST(identity(platform, tokens.access).status == 200);
    advance(4);
    BOOST_TEST(identity(platform, tokens.access).status != 200);
}

BOOST_DATA_TEST_CASE(removing_the_app_kills_refresh_and_access, kEach, platform) {
    const auto tokens = connect(platform);
    const auto other = connect(platform, "ben");
    ageTokens(*this, platform);
    control("people/ada/revoke", {{"platform", platform}});
    BOOST_TEST(identity(platform, tokens.access).status != 200);
    BOOST_TEST(refresh(platform, tokens.refresh).at("access_token").empty());
    BOOST_TEST(identity(platform, other.access).status == 200);
    const auto grants = oracle(platform)["grants"];
    BOOST_TEST(grants[0]["alive"] == false);
    BOOST_TEST(grants[1]["alive"] == true);
    BOOST_TEST(grants[0]["reuseAttempts"] == 0);
}

BOOST_DATA_TEST_CASE(a_revocation_ends_the_token, kEach, platform) {
    const auto tokens = connect(platform);
    BOOST_TEST(revoke(platform, tokens.access).status == 200);
    BOOST_TEST(identity(platform, tokens.access).status != 200);
    BOOST_TEST(oracle(platform)["requests"]["revoke"] == 1);
}

BOOST_DATA_TEST_CASE(how_far_a_revocation_reaches, kEach, platform) {
    const auto first = connect(platform);
    const auto second = connect(platform);
    revoke(platform, first.access);
    // X ends one token, LinkedIn one grant, the others everything of this person and app.
    const bool sibling_lives = platform == "twitter" || platform == "linkedin";
    const auto grants = oracle(platform)["grants"];
    BOOST_TEST(grants[0]["alive"] == (platform == "twitter"));
    BOOST_TEST(grants[1]["alive"] == sibling_lives);
    BOOST_TEST((identity(platform, second.access).status == 200) == sibling_lives);
}

BOOST_DATA_TEST_CASE(a_disabled_app_is_refused_as_an_app, kEach, platform) {
    const auto tokens = connect(platform);
    ageTokens(*this, platform);
    event(platform, "ada", "app_disabled");
    BOOST_TEST(refresh(platform, tokens.refresh).at("access_token").empty());
    BOOST_TEST(identity(platform, tokens.access).status != 200);
    // The person's grant is untouched: the operator's problem is not the account's.
    BOOST_TEST(firstGrant(platform)["alive"] == true);
    event(platform, "ada", "app_enabled");
    BOOST_TEST(!refresh(platform, tokens.refresh).at("access_token").empty());
}

BOOST_DATA_TEST_CASE(a_suspended_person_cannot_be_acted_for, kEach, platform) {
    const auto tokens = connect(platform);
    ageTokens(*this, platform);
    event(platform, "ada", "suspended");
    BOOST_TEST(refresh(platform, tokens.refresh).at("access_token").empty());
    BOOST_TEST(identity(platform, tokens.access).status != 200);
    BOOST_TEST(firstGrant(platform)["alive"] == false);
    control("consent", {{"platform", platform}, {"person", "ada"}, {"decision", "approve"}});
    BOOST_TEST(authorize(platform).status == 403);
    event(platform, "ada", "reinstated");
    BOOST_TEST(!refresh(platform, tokens.refresh).at("access_token").empty());
}

BOOST_DATA_TEST_CASE(a_password_change_ends_grants_where_it_does, kEach, platform) {
    connect(platform);
    event(platform, "ada", "password_changed");
    BOOST_TEST(firstGrant(platform)["alive"] == (platform == "youtube"));
    turn(platform, "passwordChangeKills", true);
    event(platform, "ada", "password_changed");
    BOOST_TEST(firstGrant(platform)["alive"] == false);
}

BOOST_DATA_TEST_CASE(token_bodies_follow_the_switches, kEach, platform) {
    BOOST_TEST(connect(platform).body.contains("sandbox_extra"));
    turn(platform, "extraFields", false);
    BOOST_TEST(!connect(platform).body.contains("sandbox_extra"));

    const auto usual = connect(platform).body;
    turn(platform, "reverseFields", true);
    const auto reversed = connect(platform).body;
    BOOST_TEST(usual.begin().key() == std::prev(reversed.end()).key());

    turn(platform, "expiresInAsString", true);
    BOOST_TEST(connect(platform).body["expires_in"].is_string());
    turn(platform, "omitFields", Json::array({"expires_in"}));
    BOOST_TEST(!connect(platform).body.contains("expires_in"));
}

BOOST_DATA_TEST_CASE(tokens_say_the_lifetime_they_have, kEach, platform) {
    const std::map<std::string, int> usual = {{"twitter", 7200},      {"linkedin", 5184000},
                                              {"instagram", 5184000}, {"facebook", 5184000},
                                              {"tiktok", 7200},       {"youtube", 3599}};
    // Where the answer tells what is left of an older token, a busy machine may have cost seconds.
    const auto lifetime = [&]() -> int { return connect(platform).body["expires_in"]; };
    const auto says_usual = [&](int seconds) {
        return seconds <= usual.at(platform) && seconds > usual.at(platform) - 600;
    };
    BOOST_TEST(says_usual(lifetime()));
    control("lifetimes", {{"platform", platform}, {"access", 4000000}});
    const int longer = lifetime();
    BOOST_TEST(longer <= 4000000);
    BOOST_TEST(longer > 4000000 - 600);
    control("lifetimes", {{"platform", platform}, {"access", nullptr}});
    BOOST_TEST(says_usual(lifetime()));
}

BOOST_DATA_TEST_CASE(unknown_paths_are_404_and_wrong_methods_405, kEach, platform) {
    BOOST_TEST(get("/" + platform).status == 404);
    BOOST_TEST(get("/" + platform + "/nowhere").status == 404);
    const auto reply = send("PUT", "/" + platform + authorizePath(platform));
    BOOST_TEST(reply.status == 405);
    BOOST_TEST(reply.header("Allow") == "GET");
}

BOOST_DATA_TEST_CASE(the_journal_holds_no_secret, kEach, platform) {
    const auto code = consent(platform).get("code");
    const auto access = exchange(platform, code).at("access_token");
    identity(platform, access);
    revoke(platform, access);
    const auto text = journal(platform).dump();
    BOOST_TEST(journal(platform, "token").size() == 1U);
    for (const auto& secret : {code, access, secretOf(platform), kVerifier}) {
        BOOST_TEST(text.find(secret) == std::string::npos);
    }
    BOOST_TEST(text.find(sha256Hex(secretOf(platform)).substr(0, 16)) != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace postato::sandbox::testing
