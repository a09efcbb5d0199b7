#define BOOST_TEST_MODULE postato_http_front
#include <boost/test/unit_test.hpp>
