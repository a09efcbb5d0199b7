#include "http/headers.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <string>

#include "util/error.hpp"

using namespace postato::http;

BOOST_AUTO_TEST_SUITE(headers_tests)

BOOST_AUTO_TEST_CASE(api_answers_are_neither_cached_nor_sniffed) {
    Response response;
    SecurityHeaders(false).applyToApi(response);
    BOOST_TEST(*response.header("cache-control") == "no-store");
    BOOST_TEST(*response.header("x-content-type-options") == "nosniff");
    BOOST_TEST(response.header("strict-transport-security") == nullptr);
    BOOST_TEST(response.header("access-control-allow-origin") == nullptr);
}

BOOST_AUTO_TEST_CASE(https_tells_browsers_to_stay) {
    Response response;
    SecurityHeaders(true).applyToPage(response);
    BOOST_TEST(*response.header("strict-transport-security") == "max-age=31536000");
}

BOOST_AUTO_TEST_CASE(pages_have_the_whole_policy) {
    Response response;
    SecurityHeaders(false).applyToPage(response);
    BOOST_TEST(*response.header("content-security-policy") ==
               "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
               "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
    BOOST_TEST(*response.header("referrer-policy") == "no-referrer");
    BOOST_TEST(*response.header("cross-origin-opener-policy") == "same-origin");
    BOOST_TEST(*response.header("cache-control") == "no-store");
}

BOOST_AUTO_TEST_CASE(a_form_may_lead_to_the_origins_it_names) {
    Response response;
    const PagePolicy policy{.form_action_origins = {"https://platform.example:8443"},
                            .referrer_policy = "same-origin"};
    SecurityHeaders(false).applyToPage(response, policy);
    BOOST_TEST(response.header("content-security-policy")
                   ->find("form-action 'self' https://platform.example:8443;") !=
               std::string::npos);
    BOOST_TEST(*response.header("referrer-policy") == "same-origin");
}

const std::string kNotOrigins[] = {"",
                                   "*",
                                   "platform.example",
                                   "https://",
                                   "https://a;b",
                                   "https://a script-src *",
                                   "data:text",
                                   "https://a/p",
                                   "javascript://a",
                                   "https://a,https://b"};

BOOST_DATA_TEST_CASE(what_is_no_origin_cannot_widen_the_policy, kNotOrigins, origin) {
    Response response;
    const PagePolicy policy{.form_action_origins = {origin}};
    BOOST_CHECK_THROW(SecurityHeaders(false).applyToPage(response, policy), postato::Error);
}

BOOST_AUTO_TEST_CASE(assets_may_be_cached) {
    Response response;
    SecurityHeaders(false).applyToAsset(response);
    BOOST_TEST(*response.header("cache-control") == "public, max-age=300");
    BOOST_TEST(*response.header("x-content-type-options") == "nosniff");
}

BOOST_AUTO_TEST_SUITE_END()
