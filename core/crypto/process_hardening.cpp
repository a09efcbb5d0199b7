#include "crypto/process_hardening.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "util/error.hpp"

namespace postato::crypto {
namespace {

void require(int result, const char* what) {
    if (result == 0) return;
    throw Error(ErrorCode::Internal, PublicMessage{"The process cannot protect its memory"},
                InternalDetail{std::string(what) + ": " + std::strerror(errno)});
}

}  // namespace

void hardenProcess() {
    const rlimit none{0, 0};
    require(setrlimit(RLIMIT_CORE, &none), "RLIMIT_CORE");
    require(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "PR_SET_DUMPABLE");
}

}  // namespace postato::crypto
