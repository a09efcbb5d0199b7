#define BOOST_TEST_MODULE postato_journal
#include <boost/test/unit_test.hpp>
