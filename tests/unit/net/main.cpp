#define BOOST_TEST_MODULE postato_net
#include <boost/test/unit_test.hpp>
#include <csignal>

namespace {

/// As the service does: see Outbound.
struct IgnoreSigpipe {
    IgnoreSigpipe() { std::signal(SIGPIPE, SIG_IGN); }
};

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(IgnoreSigpipe);
