#define BOOST_TEST_MODULE postato_http
#include <boost/test/unit_test.hpp>
