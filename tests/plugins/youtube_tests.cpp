#include <boost/test/unit_test.hpp>

#include "support.hpp"

namespace postato::tests {
namespace {

using sdk::ErrorKind;

const std::string kData = "youtube/testdata/";

BOOST_AUTO_TEST_SUITE(youtube_tests)

BOOST_AUTO_TEST_CASE(asks_for_offline_access_consent_and_the_account_chooser) {
    const auto youtube = makePlatform("youtube");
    const auto query =
        sentQuery(youtube->authorizationUrl({"https://a/cb", "st", "challenge", {}, false}));
    BOOST_TEST(valueOf(query, "access_type") == "offline");
    BOOST_TEST(valueOf(query, "prompt") == "consent select_account");
    BOOST_TEST(valueOf(query, "include_granted_scopes") == "(absent)");
    BOOST_TEST(valueOf(query, "code_challenge_method") == "S256");
}

BOOST_AUTO_TEST_CASE(refresh_keeps_old_token_when_reply_has_none) {
    const auto youtube = makePlatform("youtube");
    FakeHttpClient http;
    http.answer(reply(200, kData + "refresh.json"));
    const auto credentials = youtube->refresh(http, someCredentials());
    BOOST_TEST_REQUIRE(credentials.ok());
    BOOST_TEST(credentials.value().refresh_token.reveal() == "old-refresh");
    BOOST_TEST(credentials.value().access_token.reveal() == "ya29.a0-2");
    BOOST_TEST(credentials.value().expires_in->count() == 3599);
    const auto form = sentForm(http.request(0).body);
    BOOST_TEST(valueOf(form, "grant_type") == "refresh_token");
    BOOST_TEST(valueOf(form, "client_secret") == "secret");
}

BOOST_AUTO_TEST_CASE(invalid_grant_needs_no_description) {
    const auto youtube = makePlatform("youtube");
    BOOST_TEST(refreshError(*youtube, reply(400, kData + "revoked_grant.json")).kind ==
               ErrorKind::InvalidGrant);
    BOOST_TEST(refreshError(*youtube, reply(400, kData + "bad_request_grant.json")).kind ==
               ErrorKind::InvalidGrant);
    BOOST_TEST(exchangeError(*youtube, reply(400, kData + "bad_request_grant.json")).kind ==
               ErrorKind::InvalidGrant);
}

BOOST_AUTO_TEST_CASE(registration_mistakes_are_the_operators_matter) {
    const auto youtube = makePlatform("youtube");
    BOOST_TEST(exchangeError(*youtube, reply(400, kData + "redirect_uri_mismatch.json")).kind ==
               ErrorKind::Misconfigured);
    BOOST_TEST(refreshError(*youtube, reply(401, kData + "invalid_client.json")).kind ==
               ErrorKind::Misconfigured);
}

BOOST_AUTO_TEST_CASE(each_channel_is_an_identity) {
    const auto youtube = makePlatform("youtube");
    FakeHttpClient http;
    http.answer(reply(200, kData + "channels.json"))
        .answer(reply(200, kData + "channels_two.json"));
    const auto one = youtube->identify(http, someCredentials());
    BOOST_TEST_REQUIRE(one.ok());
    BOOST_TEST(one.value()[0].id == "UC_x5XG1OV2P6uZZ5FSM9Ttw");
    BOOST_TEST(one.value()[0].username == "@googledevelopers");
    BOOST_TEST(one.value()[0].kind == "channel");
    const auto two = youtube->identify(http, someCredentials());
    BOOST_TEST_REQUIRE(two.ok());
    BOOST_TEST(two.value().size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_account_without_a_channel_says_so) {
    const auto youtube = makePlatform("youtube");
    for (const char* file : {"channels_empty.json", "channels_absent.json"})
        BOOST_TEST(identifyError(*youtube, reply(200, kData + file)).kind ==
                   ErrorKind::NoPublishableAccount);
    for (const int status : {401, 403})
        BOOST_TEST(identifyError(*youtube, reply(status, kData + "signup_required.json")).kind ==
                   ErrorKind::NoPublishableAccount);
}

BOOST_AUTO_TEST_CASE(identity_refusals) {
    const auto youtube = makePlatform("youtube");
    BOOST_TEST(identifyError(*youtube, reply(403, kData + "insufficient_permissions.json")).kind ==
               ErrorKind::ScopeMissing);
    BOOST_TEST(identifyError(*youtube, reply(403, kData + "quota_exceeded.json")).kind ==
               ErrorKind::RateLimited);
    BOOST_TEST(identifyError(*youtube, reply(401, kData + "auth_error.json")).kind ==
               ErrorKind::Protocol);
    const auto unticked =
        identifyError(*youtube, reply(200, kData + "channels.json"),
                      someCredentials({"https://www.googleapis.com/auth/youtube.upload"}));
    BOOST_TEST(unticked.kind == ErrorKind::ScopeMissing);
    BOOST_TEST(unticked.message.find("youtube.readonly") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(revokes_once_without_the_secret) {
    const auto youtube = makePlatform("youtube");
    FakeHttpClient http;
    http.answer(200, "{}").answer(reply(400, kData + "revoke_unknown.json"));
    const auto done = youtube->revoke(http, someCredentials());
    BOOST_TEST_REQUIRE(done.ok());
    BOOST_TEST(done.value() == sdk::Revocation::Done);
    BOOST_TEST(http.requests().size() == 1u);
    BOOST_TEST(http.request(0).body == "token=old-refresh");
    const auto gone = youtube->revoke(http, someCredentials());
    BOOST_TEST_REQUIRE(gone.ok());
    BOOST_TEST(gone.value() == sdk::Revocation::AlreadyGone);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace postato::tests
