#define BOOST_TEST_MODULE postato_audit
#include <boost/test/unit_test.hpp>

#include "support/test_database.hpp"

namespace {

struct SayWhatIsAbsent {
    SayWhatIsAbsent() { postato::testing::reportAbsentBackends(); }
};

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(SayWhatIsAbsent);
