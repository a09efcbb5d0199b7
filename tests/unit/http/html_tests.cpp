#include "http/html.hpp"

#include <boost/test/unit_test.hpp>

using namespace postato::http;

BOOST_AUTO_TEST_SUITE(html_tests)

BOOST_AUTO_TEST_CASE(escaped_text_cannot_leave_an_attribute_or_element) {
    BOOST_TEST(escapeHtml("\"><script>alert('x')</script>&") ==
               "&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;");
    BOOST_TEST(escapeHtml("plain \xc3\xa9") == "plain \xc3\xa9");
}

BOOST_AUTO_TEST_CASE(a_page_escapes_its_title_and_keeps_its_body) {
    const auto text = page("<Accounts>", "<p>hello</p>");
    BOOST_TEST(text.starts_with("<!doctype html>"));
    BOOST_TEST(text.find("<title>&lt;Accounts&gt;") != std::string::npos);
    BOOST_TEST(text.find("\n<p>hello</p>\n") != std::string::npos);
    BOOST_TEST(text.find("href=\"/assets/postato.css\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_page_holds_nothing_that_its_own_policy_forbids) {
    const auto text = page("t", "");
    BOOST_TEST(text.find("<script") == std::string::npos);
    BOOST_TEST(text.find("<style") == std::string::npos);
    BOOST_TEST(text.find(" style=") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
