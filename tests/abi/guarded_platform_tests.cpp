#include "platforms/guarded_platform.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <functional>

#include "postato/sdk/testing/fake_http_client.hpp"
#include "support.hpp"
#include "util/error.hpp"

using namespace postato;
using namespace postato::platforms;
using namespace postato::platforms::testing;

namespace postato::platforms::testing {

struct Guarded {
    explicit Guarded(const std::string& fixture)
        : log_file(directory.root() / "log"),
          descriptor(::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)),
          log(clock, descriptor, LogLevel::Debug),
          platform(fixture, makePlatform(directory, fixture), LaneOptions{}, log) {}
    ~Guarded() { ::close(descriptor); }

    PluginDirectory directory;
    fs::path log_file;
    int descriptor;
    FakeClock clock;
    Logger log;
    GuardedPlatform platform;
    sdk::testing::FakeHttpClient http;
};

/// One that answers what a test wants, and whose refresh does what it wants done while it runs.
struct Steered final : sdk::Platform {
    std::function<void()> during_refresh = [] {};
    sdk::Result<sdk::Credentials> answer = credentials();
    std::vector<sdk::Identity> identities;
    sdk::Traits traits_;

    const sdk::Traits& traits() const noexcept override { return traits_; }
    std::string authorizationUrl(const sdk::AuthorizationRequest&) const override {
        return "https://platform.example/authorize";
    }
    sdk::CallbackOutcome parseCallback(const sdk::CallbackParameters&) const override {
        sdk::CallbackOutcome denied;
        denied.kind = sdk::CallbackOutcome::Kind::Denied;
        return denied;
    }
    sdk::Result<sdk::Credentials> exchangeCode(sdk::HttpClient&,
                                               const sdk::CodeExchange&) const override {
        return answer;
    }
    sdk::Result<sdk::Credentials> refresh(sdk::HttpClient&,
                                          const sdk::Credentials&) const override {
        during_refresh();
        return answer;
    }
    sdk::Result<sdk::Revocation> revoke(sdk::HttpClient&, const sdk::Credentials&) const override {
        return sdk::Revocation::Done;
    }
    sdk::Result<std::vector<sdk::Identity>> identify(sdk::HttpClient&,
                                                     const sdk::Credentials&) const override {
        return identities;
    }

    static sdk::Credentials credentials() {
        sdk::Credentials credentials;
        credentials.access_token = sdk::Secret("access");
        return credentials;
    }
};

/// A guarded Steered.
struct Checked {
    std::shared_ptr<Steered> steered = std::make_shared<Steered>();
    FakeClock clock;
    Logger log{clock, STDERR_FILENO, LogLevel::Error};
    GuardedPlatform platform{"steered", steered, LaneOptions{}, log};
    sdk::testing::FakeHttpClient http;
};

}  // namespace postato::platforms::testing

BOOST_AUTO_TEST_SUITE(guarded_platform_tests)

BOOST_AUTO_TEST_CASE(whatever_is_thrown_becomes_an_error_of_that_platform) {
    Guarded guarded("calls_throw");
    const auto& platform = guarded.platform;
    const auto check = [](const auto& result) {
        BOOST_REQUIRE(!result.ok());
        BOOST_TEST((result.error().kind == sdk::ErrorKind::Protocol));
        BOOST_TEST(result.error().code == "plugin_threw");
        BOOST_TEST(result.error().message.find("token") == std::string::npos);
    };
    check(platform.exchangeCode(guarded.http, {}));
    check(platform.refresh(guarded.http, {}));
    check(platform.revoke(guarded.http, {}));
    check(platform.identify(guarded.http, {}));
    BOOST_TEST((platform.parseCallback({}).kind == sdk::CallbackOutcome::Kind::Failed));
    BOOST_CHECK_THROW(platform.authorizationUrl({}), Error);

    const auto log = readFile(guarded.log_file);
    for (const char* type : {"std::runtime_error", "\"int\"", "std::bad_alloc", "OwnException"})
        BOOST_TEST(log.find(type) != std::string::npos, type << " in " << log);
    BOOST_TEST(log.find("token-in-an-exception") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(texts_of_an_error_fit_a_log_line) {
    Guarded guarded("rude_errors");
    const auto result = guarded.platform.refresh(guarded.http, {});
    BOOST_REQUIRE(!result.ok());
    const auto& error = result.error();
    BOOST_TEST((error.kind == sdk::ErrorKind::RateLimited));
    BOOST_TEST(error.message.size() <= 300u);
    BOOST_TEST(error.message.find_first_of("\n\x1b") == std::string::npos);
    BOOST_TEST(error.code == "429__too_many_");
    BOOST_TEST((error.retry_after == std::chrono::seconds(7)));
}

BOOST_AUTO_TEST_CASE(what_a_plugin_answers_comes_through) {
    Guarded guarded("good");
    BOOST_TEST(guarded.platform.traits().display_name == "Fixture");
    const auto refreshed = guarded.platform.refresh(guarded.http, {});
    BOOST_REQUIRE(!refreshed.ok());
    BOOST_TEST((refreshed.error().kind == sdk::ErrorKind::Unsupported));
    BOOST_TEST(readFile(guarded.log_file).empty());
}

BOOST_FIXTURE_TEST_CASE(a_success_without_an_access_token_is_in_doubt, Checked) {
    steered->answer = sdk::Credentials{};
    for (const auto& result : {platform.refresh(http, {}), platform.exchangeCode(http, {})}) {
        BOOST_REQUIRE(!result.ok());
        BOOST_TEST((result.error().kind == sdk::ErrorKind::Ambiguous));
        BOOST_TEST(result.error().code == "no_access_token");
    }
    steered->identities = {{"1", "", "", "", "", "page", sdk::Credentials{}}};
    BOOST_TEST((platform.identify(http, {}).error().kind == sdk::ErrorKind::Protocol));
}

BOOST_FIXTURE_TEST_CASE(lifetimes_are_above_zero_and_have_an_end, Checked) {
    using std::chrono::seconds;
    auto credentials = Steered::credentials();
    credentials.expires_in = seconds(0);
    credentials.refresh_token_expires_in = seconds(1'000'000'000'000'000'000);
    credentials.earliest_refresh_after = seconds(-1);
    steered->answer = credentials;
    steered->identities = {{"1", "", "", "", "", "page", credentials}};
    const auto exchanged = platform.exchangeCode(http, {}).value();
    const auto refreshed = platform.refresh(http, {}).value();
    const auto own = *platform.identify(http, {}).value().front().credentials;
    for (const auto* got : {&exchanged, &refreshed, &own}) {
        BOOST_TEST(!got->expires_in.has_value());
        BOOST_TEST((got->refresh_token_expires_in == std::chrono::hours(24 * 3650)));
        BOOST_TEST(!got->earliest_refresh_after.has_value());
    }
}

BOOST_FIXTURE_TEST_CASE(labels_can_be_stored, Checked) {
    auto credentials = Steered::credentials();
    credentials.token_type = std::string("Bea\0rer", 7);
    credentials.scopes = {"read\xff", "gr\xc3\xbc\xc3\x9f"};
    credentials.subject = "\xc3";
    steered->answer = credentials;
    const auto got = platform.refresh(http, {}).value();
    BOOST_TEST(got.token_type == "Bea?rer");
    BOOST_TEST((got.scopes == std::vector<std::string>{"read?", "gr\xc3\xbc\xc3\x9f"}));
    BOOST_TEST(got.subject == "?");
    steered->identities = {{"1", "", "A\xff", "", "", "page", std::nullopt}};
    BOOST_TEST(platform.identify(http, {}).value().front().display_name == "A?");
}

BOOST_FIXTURE_TEST_CASE(no_error_has_us_wait_longer_than_a_day, Checked) {
    using std::chrono::seconds;
    for (const auto& [asked, granted] : std::vector<std::pair<seconds, seconds>>{
             {seconds(-5), seconds(0)},
             {seconds(60), seconds(60)},
             {seconds(1'000'000'000'000'000'000), std::chrono::hours(24)}}) {
        steered->answer =
            sdk::PlatformError{sdk::ErrorKind::RateLimited, "Too many calls", "429", asked, {}};
        BOOST_TEST((platform.refresh(http, {}).error().retry_after == granted));
    }
}

BOOST_AUTO_TEST_CASE(a_platform_whose_servers_hang_can_still_be_asked_for_an_address) {
    FakeClock clock;
    const Logger log(clock, STDERR_FILENO, LogLevel::Error);
    sdk::testing::FakeHttpClient http;
    auto steered = std::make_shared<Steered>();
    const GuardedPlatform platform(
        "steered", steered, LaneOptions{.slots = 1, .wait = std::chrono::milliseconds(0)}, log);
    int looks = 0;
    steered->during_refresh = [&] {
        ++looks;
        const auto second = platform.exchangeCode(http, {});
        BOOST_REQUIRE(!second.ok());
        BOOST_TEST(second.error().code == "lane_full");
        BOOST_TEST((second.error().kind == sdk::ErrorKind::Transient));
        BOOST_TEST(platform.authorizationUrl({}) == "https://platform.example/authorize");
        BOOST_TEST((platform.parseCallback({}).kind == sdk::CallbackOutcome::Kind::Denied));
    };
    BOOST_TEST(platform.refresh(http, {}).ok());
    BOOST_TEST(looks == 1);
    BOOST_TEST(platform.exchangeCode(http, {}).ok());
}

BOOST_AUTO_TEST_SUITE_END()
