#include "api/permissions.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "accounts/api_key_service.hpp"
#include "api/routes.hpp"
#include "util/error.hpp"

using namespace postato;
using namespace postato::api;

namespace {

bool isKnown(std::string_view permission) {
    const auto& known = accounts::knownPermissions();
    return std::find(known.begin(), known.end(), permission) != known.end();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(permissions_tests)

BOOST_AUTO_TEST_CASE(routes_and_roles_use_only_permissions_that_a_key_can_hold) {
    for (const auto& route : routes())
        if (!route.permission.empty())
            BOOST_TEST(isKnown(route.permission), std::string(route.permission));
    for (const auto* role : {"viewer", "editor", "admin"})
        for (const auto permission : permissionsOfRole(role))
            BOOST_TEST(isKnown(permission), std::string(permission));
}

BOOST_AUTO_TEST_CASE(an_admin_may_everything_and_each_role_more_than_the_one_below) {
    BOOST_TEST(permissionsOfRole("admin").size() == accounts::knownPermissions().size());
    for (const auto permission : permissionsOfRole("viewer")) {
        BOOST_TEST(permission.ends_with(".read"));
        BOOST_TEST(Grants::ofRole("editor").has(permission));
    }
    BOOST_TEST(Grants::ofRole("editor").has(permission::kPostsPublish));
    BOOST_TEST(!Grants::ofRole("editor").has(permission::kAccountsConnect));
    BOOST_TEST(permissionsOfRole("owner").empty());
    BOOST_TEST(permissionsOfRole("").empty());
}

BOOST_AUTO_TEST_CASE(a_refusal_names_what_is_required_and_what_is_granted) {
    const Grants grants({"accounts.read"});
    BOOST_CHECK_NO_THROW(grants.require("accounts.read"));
    BOOST_CHECK_NO_THROW(grants.require(permission::kNone));
    try {
        grants.require("accounts.connect");
        BOOST_FAIL("it was granted");
    } catch (const Error& error) {
        BOOST_CHECK(error.code() == ErrorCode::PermissionDenied);
        BOOST_TEST(error.required == "accounts.connect");
        BOOST_TEST(error.granted == std::vector<std::string>{"accounts.read"});
    }
}

BOOST_AUTO_TEST_SUITE_END()
