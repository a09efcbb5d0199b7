#include "util/error.hpp"

#include <boost/test/unit_test.hpp>

using namespace postato;

BOOST_AUTO_TEST_SUITE(error_tests)

BOOST_AUTO_TEST_CASE(what_never_shows_the_internal_detail) {
    const Error error(ErrorCode::Internal, PublicMessage{"public"}, InternalDetail{"internal"});
    BOOST_TEST(std::string(error.what()) == "public");
    BOOST_TEST(error.message() == "public");
    BOOST_TEST(error.detail() == "internal");
}

BOOST_AUTO_TEST_CASE(a_field_error_names_its_field) {
    const auto error = invalidField("expiresIn", "must be positive");
    BOOST_TEST((error.code() == ErrorCode::InvalidArgument));
    BOOST_TEST(error.fields.at("expiresIn") == std::vector<std::string>{"must be positive"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(absent_things_are_not_found_by_name) {
    BOOST_TEST((notFound("Account").code() == ErrorCode::NotFound));
    BOOST_TEST(notFound("Account").message() == "Account not found");
}

BOOST_AUTO_TEST_SUITE_END()
