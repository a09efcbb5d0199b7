#include "app/key_source.hpp"

#include <string.h>
#include <unistd.h>

#include <cstdlib>

#include "util/child_process.hpp"
#include "util/error.hpp"

namespace postato::app {
namespace {

constexpr std::chrono::seconds kCommandLimit{30};
constexpr std::size_t kLargestRing = 64 * 1024;

/// The value of the variable where it stands, in the memory that /proc shows.
char* ringInEnvironment() {
    const auto name = std::string(kRingVariable) + "=";
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
        if (std::string_view(*variable).starts_with(name)) return *variable + name.size();
    return nullptr;
}

/// Wiped however the block is left.
struct Wiped {
    std::string& text;
    ~Wiped() { ::explicit_bzero(text.data(), text.size()); }
};

/// What `failed` to give the ring, and what to do. Nothing of the output is repeated.
[[noreturn]] void refuse(const std::string& program, const std::string& problem) {
    throw Error(ErrorCode::InvalidArgument,
                PublicMessage{"encryption.keyring_command: " + program + " " + problem +
                              "; run it as this program's user to see why"});
}

SharedRing runCommand(const std::vector<std::string>& words) {
    auto result = runChild(words, kCommandLimit, kLargestRing);
    const Wiped output{result.output};
    const auto& program = words.front();
    if (!result.ended) refuse(program, "did not end within 30 seconds");
    if (result.signal != 0)
        refuse(program, std::string("was ended: ") + ::strsignal(result.signal));
    if (result.exit_code != 0)
        refuse(program, "failed with exit code " + std::to_string(result.exit_code));
    if (result.more) refuse(program, "printed more than 64 kB");
    return std::make_shared<const crypto::KeyRing>(crypto::KeyRing::parse(result.output));
}

}  // namespace

SharedRing takeRingFromEnvironment() {
    auto* value = ringInEnvironment();
    if (value == nullptr) return nullptr;
    std::string text(value);
    const Wiped copy{text};
    ::explicit_bzero(value, text.size());
    ::unsetenv(kRingVariable);
    if (text.empty()) return nullptr;  // as everywhere: an empty variable is none
    return std::make_shared<const crypto::KeyRing>(crypto::KeyRing::parse(text));
}

RingOrigin originOf(const EncryptionConfig& config, const SharedRing& handed_over) {
    if (handed_over) return RingOrigin::Environment;
    return config.keyring_command.empty() ? RingOrigin::File : RingOrigin::Command;
}

keys::RingSource ringSource(const EncryptionConfig& config, SharedRing handed_over) {
    switch (originOf(config, handed_over)) {
        case RingOrigin::Environment:
            return [ring = std::move(handed_over)] { return ring; };
        case RingOrigin::Command:
            return [command = config.keyring_command] { return runCommand(command); };
        case RingOrigin::File:
            break;
    }
    return [file = config.keyring_file] {
        return std::make_shared<const crypto::KeyRing>(crypto::KeyRing::load(file));
    };
}

}  // namespace postato::app
