#include <boost/test/unit_test.hpp>

#include "postato/sdk/testing/platform_conformance.hpp"
#include "support.hpp"

namespace postato::tests {
namespace {

sdk::PlatformConfig exampleConfig() {
    sdk::PlatformConfig config;
    config.authorization_endpoint = "http://localhost:8080/authorize";
    config.token_endpoint = "http://localhost:8080/token";
    config.revocation_endpoint = "http://localhost:8080/revoke";
    config.options = {{"userinfo_endpoint", "http://localhost:8080/userinfo"}};
    return config;
}

BOOST_AUTO_TEST_SUITE(example_tests)

BOOST_AUTO_TEST_CASE(example_conforms) {
    sdk::testing::ConformanceSubject subject;
    subject.descriptor = &loadPlugin("example", POSTATO_EXAMPLE_DIRECTORY);
    subject.config = exampleConfig();
    subject.exchange_replies = {
        {200,
         {},
         R"({"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r"})"}};
    subject.refresh_replies = {
        {200, {}, R"({"access_token":"a2","token_type":"Bearer","expires_in":3600})"}};
    subject.refresh_replies_without_refresh_token = subject.refresh_replies;
    subject.identify_replies = {{200, {}, R"({"sub":"johndoe"})"}};
    subject.revoke_replies = {{200, {}, ""}, {200, {}, ""}};
    subject.has_built_in_endpoints = false;
    for (const auto& violation : checkConformance(subject)) BOOST_ERROR(violation);

    const auto& plugin = *subject.descriptor;
    const PlatformPointer platform(plugin.create(subject.config), plugin.destroy);
    FakeHttpClient http;
    http.answer(200, R"({"sub":"johndoe"})");
    const auto identities = platform->identify(http, someCredentials());
    BOOST_TEST_REQUIRE(identities.ok());
    BOOST_TEST(identities.value()[0].display_name == "johndoe");
    BOOST_TEST(http.request(0).url == "http://localhost:8080/userinfo");
}

BOOST_AUTO_TEST_CASE(example_refuses_a_configuration_without_addresses) {
    const auto& plugin = loadPlugin("example", POSTATO_EXAMPLE_DIRECTORY);
    BOOST_CHECK_THROW(plugin.create({}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace postato::tests
