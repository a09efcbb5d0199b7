#include <nlohmann/json.hpp>

#include "app/commands/commands.hpp"
#include "app/commands/installation.hpp"
#include "crypto/key_ring.hpp"
#include "crypto/process_hardening.hpp"

namespace postato::app {
namespace {

int initKeys(const Arguments& arguments) {
    crypto::hardenProcess();
    const auto config = loadConfig(configFile(arguments), processEnvironment());
    const SystemClock clock;
    crypto::SystemRandom random;
    const auto ring = crypto::KeyRing::make(clock.now(), random);
    crypto::createKeyRingFile(config.encryption.keyring_file, ring);
    arguments.print(
        "Made the key ring " + config.encryption.keyring_file.string() +
            ". Keep a copy apart from the database's: without it no token can be opened.",
        {{"id", ring.id()}, {"file", config.encryption.keyring_file.string()}});
    return 0;
}

}  // namespace

Command keyInitCommand() {
    return {"key init", "Make the key ring file; never overwrites one", "", {}, initKeys};
}

}  // namespace postato::app
