#include "util/encoding.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace postato;

BOOST_AUTO_TEST_SUITE(encoding_tests)

BOOST_AUTO_TEST_CASE(hex_goes_both_ways) {
    const std::string bytes("\x00\x7f\x80\xff", 4);
    BOOST_TEST(toHex(bytes) == "007f80ff");
    BOOST_TEST((fromHex("007f80FF") == bytes));
    BOOST_TEST(!fromHex("0").has_value());
    BOOST_TEST(!fromHex("0g").has_value());
    BOOST_TEST((fromHex("") == std::string()));
}

// RFC 4648 10, without padding.
BOOST_AUTO_TEST_CASE(base64url_is_that_of_the_rfc) {
    const std::pair<std::string, std::string> vectors[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
    for (const auto& [bytes, text] : vectors) {
        BOOST_TEST(toBase64Url(bytes) == text);
        BOOST_TEST((fromBase64Url(text) == bytes));
    }
}

const std::string kNotBase64Url[] = {"Z",
                                     "Zg==",
                                     "Zg=",
                                     "Zm8+",
                                     "Zm8/",
                                     "Zm 8",
                                     "Zm8\n",
                                     "Zh",
                                     "Zm9",
                                     "Zm9vY",
                                     std::string("Zg\0", 3)};

BOOST_DATA_TEST_CASE(one_text_has_one_spelling, kNotBase64Url, text) {
    BOOST_TEST(!fromBase64Url(text).has_value());
}

BOOST_AUTO_TEST_CASE(percent_encoding_keeps_only_unreserved_characters) {
    BOOST_TEST(percentEncode("aZ09-._~") == "aZ09-._~");
    BOOST_TEST(percentEncode("a b&c=d/e?f+g%\xc3\xa9") == "a%20b%26c%3Dd%2Fe%3Ff%2Bg%25%C3%A9");
    BOOST_TEST((percentDecode("a%20b%2fc+d", false) == "a b/c+d"));
    BOOST_TEST((percentDecode("a+b%2B", true) == "a b+"));
    BOOST_TEST((percentDecode("%2541", false) == "%41"));
    for (const auto* broken : {"%", "%4", "%zz", "a%", "%g0"})
        BOOST_TEST(!percentDecode(broken, false).has_value());
}

BOOST_AUTO_TEST_CASE(only_utf8_without_nul_is_storable) {
    for (const auto* good :
         {"", "plain", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"})
        BOOST_TEST(isStorableText(good));
    for (const auto* bad : {"\xff", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\xaf",
                            "\xf4\x90\x80\x80", "\xc3", "\xe2\x82", "a\x80"})
        BOOST_TEST(!isStorableText(bad));
    BOOST_TEST(!isStorableText(std::string_view("a\0b", 3)));
}

BOOST_AUTO_TEST_CASE(constant_time_comparison_compares) {
    BOOST_TEST(equalConstantTime("", ""));
    BOOST_TEST(equalConstantTime("same", "same"));
    BOOST_TEST(!equalConstantTime("same", "sane"));
    BOOST_TEST(!equalConstantTime("same", "sam"));
}

BOOST_AUTO_TEST_CASE(lower_case_is_ascii_only) {
    BOOST_TEST(toLower("AZ\xc3\x89[") == "az\xc3\x89[");
}

BOOST_AUTO_TEST_SUITE_END()
