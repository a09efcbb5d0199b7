#include "app/operator_message.hpp"

#include <Poco/Net/NetException.h>

#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "util/error.hpp"

using namespace postato;
using postato::app::operatorMessage;

BOOST_AUTO_TEST_SUITE(operator_message_tests)

BOOST_AUTO_TEST_CASE(the_operator_sees_what_the_client_does_not) {
    Error error(ErrorCode::Unavailable, PublicMessage{"The database cannot be used"},
                InternalDetail{"connect: 28P01 password authentication failed"});
    BOOST_TEST(operatorMessage(error) ==
               "The database cannot be used (connect: 28P01 password authentication failed)");
}

BOOST_AUTO_TEST_CASE(each_field_that_is_wrong_is_named) {
    Error error(ErrorCode::InvalidArgument, PublicMessage{"The user cannot be made"});
    error.fields["email"] = {"has no @", "is too long"};
    BOOST_TEST(operatorMessage(error) ==
               "The user cannot be made; email: has no @; email: is too long");
}

BOOST_AUTO_TEST_CASE(other_exceptions_say_what_they_can) {
    BOOST_TEST(operatorMessage(std::runtime_error("the disk is full")) == "the disk is full");
    BOOST_TEST(operatorMessage(Poco::Net::HostNotFoundException("db.example")) ==
               "Host not found: db.example");
}

BOOST_AUTO_TEST_SUITE_END()
