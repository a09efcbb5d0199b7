#define BOOST_TEST_MODULE postato_api
#include <boost/test/unit_test.hpp>
