// The small parts: encodings, parameters, PKCE, command line, server.

#define BOOST_TEST_DYN_LINK
#include <boost/test/unit_test.hpp>

#include "options.hpp"
#include "platforms/redirect.hpp"
#include "server.hpp"
#include "support.hpp"
#include "wire/encoding.hpp"
#include "wire/parameters.hpp"

namespace postato::sandbox::testing {

BOOST_AUTO_TEST_SUITE(wire_tests)

BOOST_AUTO_TEST_CASE(the_pkce_example_of_the_rfc_holds) {
    const std::string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    BOOST_TEST(sha256Base64Url(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    BOOST_TEST(verifierMatches("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "S256", verifier));
    BOOST_TEST(!verifierMatches("", "plain", ""));
    BOOST_TEST(verifierMatches(verifier, "", verifier));
    BOOST_TEST(hexVerifierMatches(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "abc"));
}

BOOST_AUTO_TEST_CASE(base64_is_read_strictly) {
    BOOST_TEST(base64Decode("YTpi").value() == "a:b");
    BOOST_TEST(base64Decode("YTo=").value() == "a:");
    BOOST_TEST(base64Decode("YQ==").value() == "a");
    BOOST_TEST(!base64Decode("YTp"));
    BOOST_TEST(!base64Decode("!!!!"));
    BOOST_TEST(!base64Decode(""));
}

BOOST_AUTO_TEST_CASE(parameters_keep_order_and_repetition) {
    const auto parsed = Parameters::parse("b=1&a=x+y%2Fz&b=2&&c").value();
    BOOST_TEST(parsed.get("b") == "1");
    BOOST_TEST(parsed.all("b").size() == 2U);
    BOOST_TEST(parsed.get("a") == "x y/z");
    BOOST_TEST(parsed.has("c"));
    BOOST_TEST(parsed.repeated().value() == "b");
    BOOST_TEST(parsed.encode() == "b=1&a=x+y%2Fz&b=2&c=");
}

BOOST_AUTO_TEST_CASE(broken_escapes_are_noticed) {
    for (const auto* text : {"a=%", "a=%2", "a=%zz", "%g0=a"}) BOOST_TEST(!Parameters::parse(text));
}

BOOST_AUTO_TEST_CASE(multipart_is_read_and_a_cut_one_is_not) {
    const std::string part = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
    BOOST_TEST(Parameters::parseMultipart(part + "--x--\r\n", "x").value().get("a") == "1");
    BOOST_TEST(!Parameters::parseMultipart(part, "x"));
    BOOST_TEST(!Parameters::parseMultipart(part.substr(0, part.size() - 3), "x"));
    BOOST_TEST(!Parameters::parseMultipart("", "x"));
    BOOST_TEST(!Parameters::parseMultipart(part + "--x--", ""));
}

BOOST_AUTO_TEST_CASE(redirects_keep_the_query_they_had) {
    BOOST_TEST(withParameters("http://a/b", {{"c", "d e"}}, "#_") == "http://a/b?c=d+e#_");
    BOOST_TEST(withParameters("http://a/b?x=1", {{"c", "d"}}, "") == "http://a/b?x=1&c=d");
}

BOOST_AUTO_TEST_CASE(the_command_line_is_read_strictly) {
    BOOST_TEST(parseOptions({}).port == 0);
    BOOST_TEST(parseOptions({"--port", "8099", "--json"}).port == 8099);
    BOOST_TEST(parseOptions({"--port=8099"}).port == 8099);
    BOOST_TEST(parseOptions({"--host", "::1"}).host == "::1");
    BOOST_TEST(parseOptions({"--help"}).help);
    for (const auto& bad : std::vector<std::vector<std::string>>{
             {"--port"}, {"--port", "70000"}, {"--port", "x"}, {"--prot", "1"}, {"--json=1"}}) {
        BOOST_CHECK_THROW(parseOptions(bad), std::runtime_error);
    }
}

BOOST_AUTO_TEST_CASE(only_loopback_is_listened_on) {
    BOOST_CHECK_THROW(Server("0.0.0.0", 0), std::runtime_error);
    BOOST_CHECK_THROW(Server("example.com", 0), std::runtime_error);
    BOOST_CHECK_THROW(Server("127.0.0.1", portOfServer()), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_body_of_more_than_a_megabyte_is_refused) {
    const Fixture sandbox;
    const auto reply = sandbox.send("POST", "/_sandbox/reset", {}, std::string(2 << 20, ' '));
    BOOST_TEST((reply.status == 413 || reply.status == 0));  // 0: closed while still sending
    BOOST_TEST(sandbox.get("/_sandbox/health").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace postato::sandbox::testing
