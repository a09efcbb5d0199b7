// Every plugin against the suite that plugin authors use.

#include <boost/test/unit_test.hpp>

#include "postato/sdk/testing/platform_conformance.hpp"
#include "support.hpp"

namespace postato::tests {
namespace {

using sdk::testing::checkConformance;
using sdk::testing::ConformanceSubject;

void expectConformance(const ConformanceSubject& subject) {
    for (const auto& violation : checkConformance(subject)) BOOST_ERROR(violation);
    BOOST_TEST(subject.descriptor != nullptr);
}

sdk::HttpResponse recordedOk(const std::string& path) { return reply(200, path); }

BOOST_AUTO_TEST_SUITE(conformance_tests)

BOOST_AUTO_TEST_CASE(twitter_conforms) {
    ConformanceSubject subject;
    subject.descriptor = &loadPlugin("twitter");
    subject.exchange_replies = {recordedOk("twitter/testdata/exchange.json")};
    subject.refresh_replies = {recordedOk("twitter/testdata/refresh.json")};
    subject.refresh_replies_without_refresh_token = {
        recordedOk("twitter/testdata/refresh_without_refresh_token.json")};
    subject.identify_replies = {recordedOk("twitter/testdata/me.json")};
    subject.revoke_replies = {recordedOk("twitter/testdata/revoked.json"),
                              recordedOk("twitter/testdata/revoked.json")};
    expectConformance(subject);
}

BOOST_AUTO_TEST_CASE(linkedin_conforms) {
    ConformanceSubject subject;
    subject.descriptor = &loadPlugin("linkedin");
    subject.exchange_replies = {recordedOk("linkedin/testdata/exchange.json")};
    subject.refresh_replies = {recordedOk("linkedin/testdata/refresh.json")};
    subject.refresh_replies_without_refresh_token = {
        recordedOk("linkedin/testdata/refresh_without_refresh_token.json")};
    subject.identify_replies = {recordedOk("linkedin/testdata/me.json")};
    subject.revoke_replies = {sdk::HttpResponse{200, {}, ""}, sdk::HttpResponse{200, {}, ""}};
    subject.denials = {{{"error", "user_cancelled_login"}},
                       {{"error", "user_cancelled_authorize"}}};
    expectConformance(subject);
}

BOOST_AUTO_TEST_CASE(linkedin_with_openid_conforms) {
    ConformanceSubject subject;
    subject.descriptor = &loadPlugin("linkedin");
    subject.config.scopes = {"openid", "profile", "w_member_social"};
    subject.exchange_replies = {recordedOk("linkedin/testdata/exchange.json")};
    subject.refresh_replies = {recordedOk("linkedin/testdata/refresh.json")};
    subject.refresh_replies_without_refresh_token = {
        recordedOk("linkedin/testdata/refresh_without_refresh_token.json")};
    subject.identify_replies = {recordedOk("linkedin/testdata/userinfo.json")};
    subject.revoke_replies = {sdk::HttpResponse{200, {}, ""}, sdk::HttpResponse{200, {}, ""}};
    expectConformance(subject);
}

BOOST_AUTO_TEST_CASE(instagram_conforms) {
    ConformanceSubject subject;
    subject.descriptor = &loadPlugin("instagram");
    subject.exchange_replies = {recordedOk("instagram/testdata/exchange_1.json"),
                                recordedOk("instagram/testdata/exchange_2.json")};
    subject.refresh_replies = {recordedOk("instagram/testdata/refresh.json")};
    subject.identify_replies = {recordedOk("instagram/testdata/me.json")};
    subject.revoke_replies = {recordedOk("instagram/testdata/success.json")};
    subject.denials = {
        callback("error=access_denied&error_reason=user_denied&error_description=The+user+denied")};
    expectConformance(subject);
}

BOOST_AUTO_TEST_CASE(instagram_by_facebook_login_conforms) {
    ConformanceSubject subject;
    subject.descriptor = &loadPlugin("instagram");
    subject.config.options = {{"login", "facebook"}};
    subject.exchange_replies = {recordedOk("instagram/testdata/facebook_exchange_1.json"),
                                recordedOk("instagram/testdata/facebook_exchange_2.json"),
                                recordedOk("instagram/testdata/facebook_me.json"),
                                recordedOk("instagram/testdata/facebook_permissions.json")};
    subject.refresh_replies = {recordedOk("instagram/testdata/facebook_refresh.json")};
    subject.identify_replies = {recordedOk("instagram/testdata/facebook_pages_1.json"),
                                recordedOk("instagram/testdata/facebook_pages_2.json")};
    subject.revoke_replies = {recordedOk("instagram/testdata/success.json")};
    subject.denials = {callback("error=access_denied&error_code=200&error_reason=user_denied")};
    expectConformance(subject);
}

BOOST_AUTO_TEST_CASE(tiktok_conforms) {
    ConformanceSubject subject;
    subject.descriptor = &loadPlugin("tiktok");
    subject.exchange_replies = {recordedOk("tiktok/testdata/exchange.json")};
    subject.refresh_replies = {recordedOk("tiktok/testdata/refresh.json")};
    subject.refresh_replies_without_refresh_token = {
        recordedOk("tiktok/testdata/refresh_without_refresh_token.json")};
    subject.identify_replies = {recordedOk("tiktok/testdata/user_info.json")};
    subject.revoke_replies = {sdk::HttpResponse{200, {}, ""}};
    expectConformance(subject);
}

BOOST_AUTO_TEST_CASE(youtube_conforms) {
    ConformanceSubject subject;
    subject.descriptor = &loadPlugin("youtube");
    subject.exchange_replies = {recordedOk("youtube/testdata/exchange.json")};
    subject.refresh_replies = {recordedOk("youtube/testdata/refresh.json")};
    subject.refresh_replies_without_refresh_token = subject.refresh_replies;
    subject.identify_replies = {recordedOk("youtube/testdata/channels.json")};
    subject.revoke_replies = {sdk::HttpResponse{200, {}, "{}"}};
    expectConformance(subject);
}

BOOST_AUTO_TEST_CASE(the_suite_finds_what_is_wrong) {
    ConformanceSubject subject;
    subject.descriptor = &loadPlugin("twitter");
    subject.exchange_replies = {sdk::HttpResponse{200, {}, "{}"}};
    subject.refresh_replies = {recordedOk("twitter/testdata/refresh.json")};
    subject.refresh_replies_without_refresh_token = subject.refresh_replies;
    subject.identify_replies = {recordedOk("twitter/testdata/me.json")};
    const auto violations = checkConformance(subject);
    const auto has = [&](const std::string& words) {
        return std::any_of(violations.begin(), violations.end(), [&](const std::string& sentence) {
            return sentence.find(words) != std::string::npos;
        });
    };
    BOOST_TEST(has("recorded exchange does not work"));
    BOOST_TEST(has("loses the old one"));
    BOOST_TEST(has("is not Unsupported"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace postato::tests
