#include "app/url_rules.hpp"

#include <boost/test/unit_test.hpp>

using namespace postato::app;

BOOST_AUTO_TEST_SUITE(url_rules_tests)

BOOST_AUTO_TEST_CASE(https_may_go_anywhere_and_http_stays_on_this_machine) {
    for (const char* url : {"https://a.example", "https://a.example:8443/p?q=1",
                            "http://localhost:1/x", "http://127.0.0.1/x", "http://[::1]:8/x"})
        BOOST_TEST(!problemWithUrl(url).has_value(), url);
    for (const char* url : {"http://a.example", "http://localhost.evil.example", "http://10.0.0.1",
                            "http://127.0.0.1.evil.example"})
        BOOST_TEST(problemWithUrl(url).value_or("").find("must be https") == 0u, url);
}

BOOST_AUTO_TEST_CASE(what_is_no_plain_address_is_refused) {
    for (const char* url : {"", "a.example", "ftp://a.example", "https://", "https://u:p@a.example",
                            "https://a.example/#f", "https://a example", "javascript:alert(1)"})
        BOOST_TEST(problemWithUrl(url).has_value(), url);
}

BOOST_AUTO_TEST_CASE(an_origin_has_no_path) {
    BOOST_TEST(!problemWithOrigin("https://a.example").has_value());
    BOOST_TEST(!problemWithOrigin("https://a.example/").has_value());
    BOOST_TEST(problemWithOrigin("https://a.example/path").has_value());
    BOOST_TEST(problemWithOrigin("https://a.example/?q").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
