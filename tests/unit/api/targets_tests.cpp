#include "api/targets.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace postato::api;

namespace {

const std::string kOurs = "https://postato.example";
const std::vector<std::string> kConfigured = {"https://app.example", "http://localhost:3000"};

// What an open redirect is tried with (CON-11).
const std::vector<std::string> kElsewhere = {
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example",
    "https://evil.example/accounts",
    "https://postato.example@evil.example/",
    "https://postato.example.evil.example/",
    "https://postato.example:444/",
    "http://postato.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "%2f%2fevil.example",
    "/%2f%2fevil.example",
    "/accounts%0d%0aSet-Cookie:a",
    "/accounts\r\nSet-Cookie: a=b",
    "/accounts/../connect/fakebook/start",
    "/accounts\t",
    " /accounts",
    "accounts",
    "/ACCOUNTS",
    "/accounts#x",
    "/accounts?next=//evil.example",
    "https://app.example#fragment",
    "https://app.example\\@evil.example",
    "https://app.example\n.evil.example",
    "https://[::1",
    "https://app.example:",
    "https://app.example:99999999",
    "https://",
    "",
    "/" + std::string(8192, 'a'),
    "https://app.example/" + std::string(8192, 'a'),
};

}  // namespace

BOOST_AUTO_TEST_SUITE(targets_tests)

BOOST_DATA_TEST_CASE(nothing_but_the_listed_pages_is_a_return_path, kElsewhere) {
    BOOST_TEST(!returnPath(sample));
}

BOOST_AUTO_TEST_CASE(listed_pages_are_return_paths) {
    BOOST_TEST(returnPath("/accounts").value() == "/accounts");
    BOOST_TEST(returnPath("/settings").value() == "/settings");
}

BOOST_DATA_TEST_CASE(a_link_returns_to_no_origin_that_nobody_configured, kElsewhere) {
    BOOST_TEST(!isReturnUrl(sample, kOurs, kConfigured));
}

BOOST_AUTO_TEST_CASE(a_link_returns_to_configured_origins_and_ours) {
    for (const auto* url :
         {"https://app.example", "https://app.example/done?x=1", "https://APP.example:443/done",
          "http://localhost:3000/", "https://postato.example/accounts"})
        BOOST_TEST(isReturnUrl(url, kOurs, kConfigured), url);
}

BOOST_AUTO_TEST_CASE(an_origin_is_lower_case_and_without_its_default_port) {
    BOOST_TEST(originOf("HTTPS://Example.COM:443/x").value() == "https://example.com");
    BOOST_TEST(originOf("http://example.com:80").value() == "http://example.com");
    BOOST_TEST(originOf("http://example.com:443").value() == "http://example.com:443");
    BOOST_TEST(originOf("http://[::1]:8080/").value() == "http://[::1]:8080");
    BOOST_TEST(originOf("https://a.example?x=@b").value() == "https://a.example");
    BOOST_TEST(!originOf("ftp://example.com"));
    BOOST_TEST(!originOf("https://user@example.com"));
    BOOST_TEST(!originOf("https://exa mple.com"));
}

BOOST_AUTO_TEST_CASE(parameters_are_appended_encoded) {
    BOOST_TEST(withQuery("/a", {{"x", "1 &2"}, {"y", "\xc3\xa9"}}) == "/a?x=1%20%262&y=%C3%A9");
    BOOST_TEST(withQuery("/a?b=c", {{"x", "1"}}) == "/a?b=c&x=1");
    BOOST_TEST(withQuery("/a", {}) == "/a");
}

BOOST_AUTO_TEST_SUITE_END()
