#define BOOST_TEST_MODULE postato_crypto
#include <boost/test/unit_test.hpp>
