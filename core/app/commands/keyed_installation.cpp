#include "app/commands/keyed_installation.hpp"

#include "crypto/process_hardening.hpp"
#include "util/error.hpp"

namespace postato::app {
namespace {

SharedRing takeInHardenedProcess() {
    crypto::hardenProcess();
    return takeRingFromEnvironment();
}

}  // namespace

KeyedInstallation::KeyedInstallation(const Arguments& arguments)
    : handed_over_(takeInHardenedProcess()),
      installation(arguments),
      ring(ringSource(installation.config.encryption, handed_over_)()) {}

bool KeyedInstallation::isRingFile() const {
    return originOf(installation.config.encryption, handed_over_) == RingOrigin::File;
}

void KeyedInstallation::requireRingFile(const std::string& act) const {
    if (isRingFile()) return;
    throw Error(
        ErrorCode::InvalidArgument,
        PublicMessage{"The key ring does not come from a file here: " + act + " where it is kept"});
}

}  // namespace postato::app
