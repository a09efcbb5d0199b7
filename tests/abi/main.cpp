#define BOOST_TEST_MODULE postato_abi
#include <boost/test/unit_test.hpp>
#include <cstdlib>

namespace {

/// The processes that try plugins are to end by the signal, not by a sanitizer's report of it.
struct ChildrenKeepTheirSignals {
    ChildrenKeepTheirSignals() {
        for (const char* name : {"ASAN_OPTIONS", "TSAN_OPTIONS"}) {
            const char* before = std::getenv(name);
            const auto value = std::string(before == nullptr ? "" : before) +
                               ":handle_segv=0:handle_sigbus=0:handle_abort=0";
            ::setenv(name, value.c_str(), 1);
        }
    }
};

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(ChildrenKeepTheirSignals);
