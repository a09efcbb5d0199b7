#define BOOST_TEST_MODULE postato_util
#include <boost/test/unit_test.hpp>
