#include "http/client_address.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>

using namespace postato::http;

BOOST_AUTO_TEST_SUITE(client_address_tests)

BOOST_AUTO_TEST_CASE(addresses_have_one_spelling) {
    BOOST_TEST(canonicalAddress("127.0.0.1") == "127.0.0.1");
    BOOST_TEST(canonicalAddress("::ffff:192.0.2.7") == "192.0.2.7");
    BOOST_TEST(canonicalAddress("2001:DB8:0:0::1") == "2001:db8::1");
    BOOST_TEST(canonicalAddress("::2") == "::2");
    BOOST_TEST(canonicalAddress("") == "");
    BOOST_TEST(canonicalAddress("0x7f.1") == "");
    BOOST_TEST(canonicalAddress("127.1") == "");
    BOOST_TEST(canonicalAddress("localhost") == "");
    BOOST_TEST(canonicalAddress("1.2.3.4.5") == "");
    BOOST_TEST(canonicalAddress(std::string_view("127.0.0.1\0.evil", 15)) == "");
}

BOOST_AUTO_TEST_CASE(loopback_is_known_in_both_families) {
    BOOST_TEST(isLoopback("127.0.0.1"));
    BOOST_TEST(isLoopback("127.9.9.9"));
    BOOST_TEST(isLoopback("::1"));
    BOOST_TEST(!isLoopback("192.0.2.7"));
    BOOST_TEST(!isLoopback(""));
}

BOOST_AUTO_TEST_CASE(a_stranger_speaks_for_itself_only) {
    const TrustedProxies nobody({});
    const std::string spoofed = "198.51.100.1";
    BOOST_TEST(nobody.clientOf("192.0.2.7", &spoofed) == "192.0.2.7");
    const TrustedProxies other({"192.0.2.1"});
    BOOST_TEST(other.clientOf("192.0.2.7", &spoofed) == "192.0.2.7");
}

BOOST_AUTO_TEST_CASE(a_proxy_names_its_client) {
    const TrustedProxies proxies({"192.0.2.1", "::ffff:192.0.2.2"});
    const std::string one = "198.51.100.1";
    BOOST_TEST(proxies.clientOf("192.0.2.1", &one) == "198.51.100.1");
    const std::string spoofed = "10.0.0.1, 198.51.100.1";  // the client wrote the first itself
    BOOST_TEST(proxies.clientOf("192.0.2.1", &spoofed) == "198.51.100.1");
    const std::string chain = "10.0.0.1, 198.51.100.1 ,192.0.2.2";
    BOOST_TEST(proxies.clientOf("192.0.2.1", &chain) == "198.51.100.1");
    BOOST_TEST(proxies.clientOf("192.0.2.1", nullptr) == "192.0.2.1");
}

BOOST_AUTO_TEST_CASE(what_is_no_address_ends_the_chain) {
    const TrustedProxies proxies({"192.0.2.1"});
    const std::string broken = "198.51.100.1, unknown";
    BOOST_TEST(proxies.clientOf("192.0.2.1", &broken) == "192.0.2.1");
    const std::string empty = "198.51.100.1,";
    BOOST_TEST(proxies.clientOf("192.0.2.1", &empty) == "192.0.2.1");
}

BOOST_AUTO_TEST_CASE(limits_count_a_subscriber_as_one) {
    BOOST_TEST(networkOf("192.0.2.7") == "192.0.2.7");
    BOOST_TEST(networkOf("2001:db8:1:2:3::9") == networkOf("2001:db8:1:2:ffff::1"));
    BOOST_TEST(networkOf("2001:db8:1:2::1") != networkOf("2001:db8:1:3::1"));
    BOOST_TEST(networkOf("::1") != networkOf("2001:db8::1"));
}

BOOST_AUTO_TEST_CASE(a_network_of_proxies_is_trusted_as_a_whole) {
    const TrustedProxies proxies({"10.1.0.0/16", "192.0.2.64/26", "2001:db8::/47", "fd00::1/128"});
    for (const char* inside :
         {"10.1.0.1", "10.1.255.255", "192.0.2.64", "192.0.2.127", "2001:db8:1:ffff::1", "fd00::1"})
        BOOST_TEST(proxies.contains(inside), inside);
    for (const char* outside : {"10.2.0.1", "192.0.2.63", "192.0.2.128", "2001:db8:2::1", "fd00::2",
                                "::ffff:0:0", "", "unknown"})
        BOOST_TEST(!proxies.contains(outside), outside);
    BOOST_TEST(TrustedProxies({"0.0.0.0/0"}).contains("203.0.113.9"));
    BOOST_TEST(!TrustedProxies({"0.0.0.0/0"}).contains("2001:db8::1"));
}

BOOST_AUTO_TEST_CASE(only_addresses_and_networks_can_be_trusted) {
    for (const char* good : {"10.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32", "0.0.0.0/0"})
        BOOST_TEST(TrustedProxies::accepts(good), good);
    for (const char* bad : {"proxy.example", "", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
                            "10.0.0.0/8/8", "10.0.0/8", "::/129", "/8", "10.0.0.0/8 "}) {
        BOOST_TEST(!TrustedProxies::accepts(bad), bad);
        BOOST_CHECK_THROW(TrustedProxies({bad}), std::invalid_argument);
    }
}

BOOST_AUTO_TEST_SUITE_END()
