#include "net/url.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace postato::net;

BOOST_AUTO_TEST_SUITE(url_tests)

BOOST_AUTO_TEST_CASE(parts_are_told_apart) {
    const auto url = parseUrl("https://API.Platform.test:8443/v2/token?a=b%20c&d");
    BOOST_REQUIRE(url.has_value());
    BOOST_TEST(url->scheme == "https");
    BOOST_TEST(url->secure());
    BOOST_TEST(url->host == "api.platform.test");
    BOOST_TEST(url->port == 8443);
    BOOST_TEST(url->target == "/v2/token?a=b%20c&d");
    BOOST_TEST(url->path() == "/v2/token");
    BOOST_TEST(url->authority() == "api.platform.test:8443");
    BOOST_TEST(url->origin() == "https://api.platform.test:8443");
}

struct Same {
    const char* given;
    const char* origin;
    const char* target;
};

std::ostream& operator<<(std::ostream& out, const Same& same) { return out << same.given; }

const Same kSame[] = {
    {"https://a.test", "https://a.test", "/"},
    {"HTTPS://A.TEST:443/", "https://a.test", "/"},
    {"https://a.test?x", "https://a.test", "/?x"},
    {"https://a.test./p", "https://a.test", "/p"},
    {"http://a.test:80/", "http://a.test", "/"},
    {"http://a.test:443/", "http://a.test:443", "/"},
    {"http://127.0.0.1:8080/", "http://127.0.0.1:8080", "/"},
    {"http://[::1]:8080/x", "http://[::1]:8080", "/x"},
    {"http://[0:0:0:0:0:0:0:1]/", "http://[::1]", "/"},
    {"https://xn--bcher-kva.test/", "https://xn--bcher-kva.test", "/"},
    {"https://a_b.test/(x:(y~z),w)?p=$1@2", "https://a_b.test", "/(x:(y~z),w)?p=$1@2"},
};

BOOST_DATA_TEST_CASE(one_origin_has_one_spelling, kSame, same) {
    const auto url = parseUrl(same.given);
    BOOST_REQUIRE(url.has_value());
    BOOST_TEST(url->origin() == same.origin);
    BOOST_TEST(url->target == same.target);
}

const std::string kRefused[] = {
    "",
    "https:",
    "https:/a.test",
    "https://",
    "https:///path",
    "//a.test/",
    "a.test/",
    "ftp://a.test/",
    "javascript://a.test/",
    " https://a.test/",
    "https://a.test/ ",
    "https://user@a.test/",
    "https://user:pass@a.test/",
    "https://a.test@evil.test/",
    "https://a.test/#fragment",
    "https://a.test\\@evil.test/",
    "https://a.test/\\x",
    "https://a.test/a b",
    "https://a.test/\tx",
    "https://a.test/\r\nX: y",
    std::string("https://a.test/\0", 16),
    std::string("https://127.0.0.1\0.evil.test/", 30),
    std::string("https://[::1\0evil]/", 20),
    "https://a.test/\x7f",
    "https://a.test/\xc3\xa9",
    "https://b\xc3\xbc"
    "cher.test/",
    "https://a.test/%",
    "https://a.test/%4",
    "https://a.test/%zz",
    "https://a.test/<x>",
    "https://a.test/\"",
    "https://a..test/",
    "https://.test/",
    "https://a.test../",
    "https://-a.test/",
    "https://a-.test/",
    "https://a%2etest/",
    "https://a.test:/",
    "https://a.test:0/",
    "https://a.test:65536/",
    "https://a.test:+1/",
    "https://a.test:8 0/",
    "https://a.test:80:80/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://127.0.0.1.2/",
    "http://256.0.0.1/",
    "http://[::1/",
    "http://::1/",
    "http://[::1]x/",
    "http://[::1%25eth0]/",
    "http://[127.0.0.1]/",
    "https://" + std::string(64, 'a') + ".test/",
    "https://a.test/" + std::string(16 * 1024, 'a'),
};

BOOST_DATA_TEST_CASE(what_programs_read_differently_is_refused, kRefused, text) {
    BOOST_TEST(!parseUrl(text).has_value());
}

BOOST_AUTO_TEST_CASE(loopback_is_a_name_or_an_address_of_this_machine) {
    for (const auto* host : {"localhost", "127.0.0.1", "127.8.9.10", "::1"})
        BOOST_TEST(isLoopbackHost(host));
    for (const auto* host : {"127.evil.test", "localhost.evil.test", "128.0.0.1", "::2", "0.0.0.0",
                             "::ffff:127.0.0.1", ""})
        BOOST_TEST(!isLoopbackHost(host));
}

BOOST_AUTO_TEST_CASE(address_literals_are_told_from_names) {
    BOOST_TEST(isAddressLiteral("10.0.0.1"));
    BOOST_TEST(isAddressLiteral("fe80::1"));
    BOOST_TEST(!isAddressLiteral("localhost"));
}

BOOST_AUTO_TEST_SUITE_END()
