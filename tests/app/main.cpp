#define BOOST_TEST_MODULE postato_app
#include <boost/test/unit_test.hpp>
