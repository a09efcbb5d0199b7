#include "api/static_files.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "util/error.hpp"
#include "world.hpp"

using namespace postato;
using namespace postato::api;
using namespace postato::api::testing;

namespace {

// Ways out of the directory, and files in it that are nobody's business (HTTP-07).
const std::vector<std::string> kStrange = {
    "/assets/../secret.txt",
    "/assets/..%2fsecret.txt",
    "/assets/%2e%2e/secret.txt",
    "/assets/%2e%2e%2fsecret.txt",
    "/assets/..%5csecret.txt",
    "/assets/..\\secret.txt",
    "/assets/....//secret.txt",
    "/assets/%252e%252e%252fsecret.txt",
    "/assets/%c0%ae%c0%ae%c0%afsecret.txt",
    "/assets/postato.css%00.html",
    "/assets/postato.css%00",
    "/assets/postato.css/",
    "/assets/postato.css;x",
    "/assets/postato%2ecss",
    "/assets//postato.css",
    "//assets/postato.css",
    "/assets/./postato.css",
    "/assets/",
    "/assets",
    "/assets/.git",
    "/assets/page.js.map",
    "/assets/POSTATO.CSS",
    "/assets//etc/passwd",
    "/assets/%2fetc%2fpasswd",
    "/secret.txt",
    "/postato.db",
    "/accounts.html",
    "/accounts/",
    "/sign-in-link.html",
    "/.git/config",
    "/../secret.txt",
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(static_files_tests, World)

BOOST_DATA_TEST_CASE_F(World, nothing_but_the_listed_files_is_served, kStrange) {
    const auto response = send({"GET", sample, "", {}});
    BOOST_TEST(response.status == 404);
    BOOST_TEST(response.body.find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(pages_have_their_addresses_and_a_policy) {
    for (const auto* path : {"/accounts", "/settings", "/sign-in", "/sign-in/link"}) {
        const auto response = send({"GET", path, "", {}});
        BOOST_TEST(response.status == 200, path);
        BOOST_TEST(headerOf(response, "content-type") == "text/html; charset=utf-8");
        BOOST_TEST(headerOf(response, "cache-control") == "no-store");
        const auto policy = headerOf(response, "content-security-policy");
        BOOST_TEST(policy.starts_with("default-src 'none'"));
        BOOST_TEST(policy.find("unsafe") == std::string::npos);
    }
    BOOST_TEST(headerOf(send({"GET", "/", "", {}}), "location") == "/accounts");
}

BOOST_AUTO_TEST_CASE(assets_are_kept_while_they_do_not_change) {
    const auto first = send({"GET", "/assets/page.js", "", {}});
    BOOST_TEST(first.status == 200);
    BOOST_TEST(first.body == "export {};");
    BOOST_TEST(headerOf(first, "content-type") == "text/javascript; charset=utf-8");
    const auto etag = headerOf(first, "etag");
    BOOST_TEST(etag.size() == 34u);
    const auto again = send({"GET", "/assets/page.js", "", {{"if-none-match", etag}}});
    BOOST_TEST(again.status == 304);
    BOOST_TEST(again.body.empty());
    BOOST_TEST(send({"GET", "/assets/page.js", "", {{"if-none-match", "\"x\""}}}).status == 200);
}

BOOST_AUTO_TEST_CASE(a_directory_that_cannot_be_read_is_named) {
    BOOST_CHECK_EXCEPTION(StaticFiles(directory.path() / "nowhere"), Error, [](const Error& error) {
        return error.message().find("nowhere") != std::string::npos;
    });
}

BOOST_AUTO_TEST_SUITE_END()
