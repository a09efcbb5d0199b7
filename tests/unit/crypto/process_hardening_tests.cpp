#include "crypto/process_hardening.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(process_hardening_tests)

// In a child: the tests themselves should stay open to a debugger.
BOOST_AUTO_TEST_CASE(the_process_dumps_no_core_and_cannot_be_read) {
    const pid_t child = fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        postato::crypto::hardenProcess();
        rlimit core{1, 1};
        getrlimit(RLIMIT_CORE, &core);
        const bool hard = core.rlim_cur == 0 && core.rlim_max == 0;
        _exit(hard && prctl(PR_GET_DUMPABLE) == 0 ? 0 : 1);
    }
    int status = -1;
    BOOST_REQUIRE(waitpid(child, &status, 0) == child);
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
