// Encodings, dates and codes: the small parts of the OAuth client.

#include <boost/test/unit_test.hpp>

#include "postato/oauth2/form.hpp"
#include "postato/oauth2/refusal.hpp"
#include "support.hpp"

namespace postato::tests {
namespace {

using oauth2::Step;
using sdk::ErrorKind;

BOOST_AUTO_TEST_SUITE(oauth2_text_tests)

BOOST_AUTO_TEST_CASE(everything_reserved_is_encoded) {
    BOOST_TEST(oauth2::percentEncode("aZ09-._~") == "aZ09-._~");
    BOOST_TEST(oauth2::percentEncode("4/0A b&c=d+*!\xc3\xa9") ==
               "4%2F0A%20b%26c%3Dd%2B%2A%21%C3%A9");
    BOOST_TEST(oauth2::formEncode({{"a b", "c&d"}, {"e", ""}}) == "a%20b=c%26d&e=");
}

BOOST_AUTO_TEST_CASE(query_joins_the_one_that_is_there) {
    BOOST_TEST(oauth2::withQuery("https://h/p", {{"a", "1"}}) == "https://h/p?a=1");
    BOOST_TEST(oauth2::withQuery("https://h/p?x=y", {{"a", "1"}}) == "https://h/p?x=y&a=1");
    BOOST_TEST(oauth2::withQuery("https://h/p", {}) == "https://h/p");
}

BOOST_AUTO_TEST_CASE(basic_credentials_are_form_encoded_first) {
    BOOST_TEST(oauth2::basicAuthorization("id", "secret") == "Basic aWQ6c2VjcmV0");
    BOOST_TEST(oauth2::basicAuthorization("a:b", "c") == "Basic YSUzQWI6Yw==");
    BOOST_TEST(oauth2::basicAuthorization("a", "b") == "Basic YTpi");
    BOOST_TEST(oauth2::basicAuthorization("a", "bc") == "Basic YTpiYw==");
}

BOOST_AUTO_TEST_CASE(http_dates) {
    BOOST_TEST(*oauth2::readHttpDate("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777);
    BOOST_TEST(*oauth2::readHttpDate("Thu, 01 Jan 1970 00:00:00 GMT") == 0);
    BOOST_TEST(*oauth2::readHttpDate("Thu, 29 Feb 2024 12:00:00 GMT") == 1709208000);
    for (const char* text : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
                             "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 1994 08:49:37",
                             "Wed, 30 Feb 2022 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
                             "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 ovD 1994 08:49:37 GMT"})
        BOOST_TEST(!oauth2::readHttpDate(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(retry_after_in_seconds_and_as_a_date) {
    const std::pair<std::string, std::string> date = {"Date", "Sun, 06 Nov 1994 08:49:37 GMT"};
    BOOST_TEST(oauth2::retryAfter({{"retry-after", "120"}})->count() == 120);
    BOOST_TEST(
        oauth2::retryAfter({date, {"Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT"}})->count() ==
        30);
    BOOST_TEST(
        oauth2::retryAfter({date, {"Retry-After", "Sun, 06 Nov 1994 08:00:00 GMT"}})->count() == 0);
    BOOST_TEST(oauth2::retryAfter({{"Retry-After", "9999999999"}})->count() == 86400);
    for (const char* value :
         {"", "-1", "soon", "1.5", "99999999999999999999", "Sun, 06 Nov 1994 08:50:07 GMT"})
        BOOST_TEST(!oauth2::retryAfter({{"Retry-After", value}}).has_value(), value);
    BOOST_TEST(!oauth2::retryAfter({}).has_value());
}

BOOST_AUTO_TEST_CASE(standard_codes) {
    BOOST_TEST(oauth2::meaningOf("invalid_grant", Step::Refresh) == ErrorKind::InvalidGrant);
    BOOST_TEST(oauth2::meaningOf("invalid_client", Step::Refresh) == ErrorKind::Misconfigured);
    BOOST_TEST(oauth2::meaningOf("unauthorized_client", Step::Refresh) == ErrorKind::Misconfigured);
    BOOST_TEST(oauth2::meaningOf("temporarily_unavailable", Step::Refresh) == ErrorKind::Transient);
    BOOST_TEST(oauth2::meaningOf("invalid_request", Step::Refresh) == ErrorKind::Protocol);
    BOOST_TEST(oauth2::meaningOf("", Step::Refresh) == ErrorKind::Protocol);
    BOOST_TEST(oauth2::meaningOf("Invalid_Grant", Step::Refresh) == ErrorKind::Protocol);
    BOOST_TEST(oauth2::meaningOf("invalid_token", Step::Identify) == ErrorKind::Protocol);
    BOOST_TEST(oauth2::meaningOf("invalid_token", Step::Revoke) == ErrorKind::InvalidGrant);
    BOOST_TEST(oauth2::meaningOf("unsupported_token_type", Step::Revoke) == ErrorKind::Unsupported);
}

BOOST_AUTO_TEST_CASE(codes_that_might_be_secrets_are_not_repeated) {
    BOOST_TEST(oauth2::plainCode("invalid_grant") == "invalid_grant");
    BOOST_TEST(oauth2::plainCode("65601") == "65601");
    for (const char* text :
         {"", "ya29.A0ARrdaM", "rft.example1", "1//0gabc", "12345678901", "access token was abc"})
        BOOST_TEST(oauth2::plainCode(text) == "other", text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace postato::tests
