#include "platforms/plugin_check_process.hpp"

#include <cstring>
#include <optional>

#include "platforms/plugin_image.hpp"
#include "platforms/plugin_refusal.hpp"
#include "util/child_process.hpp"

namespace postato::platforms {
namespace {

/// The verdict comes last; of what stands before it nothing is kept.
constexpr std::size_t kKeptOutput = 8 * 1024;

struct Verdict {
    std::string name;  ///< "ok" or a cause
    std::string text;
};

std::optional<Verdict> findVerdict(const std::string& output) {
    const auto line = output.rfind(std::string("\n") + kVerdict);
    if (line == std::string::npos) return std::nullopt;
    const auto start = line + std::strlen(kVerdict) + 1;
    const auto verdict = output.substr(start, output.find('\n', start) - start);
    const auto colon = verdict.find(": ");
    if (colon == std::string::npos) return std::nullopt;
    return Verdict{verdict.substr(0, colon), verdict.substr(colon + 2)};
}

[[noreturn]] void crashed(const std::string& how) {
    throw PluginRefused(RefusalCause::CrashedInCheck,
                        how +
                            " when it was tried in a child process; copy it here again, or tell "
                            "its author");
}

}  // namespace

std::string checkPluginInChild(const std::vector<std::string>& command,
                               const std::filesystem::path& file, std::chrono::milliseconds limit) {
    auto words = command;
    words.push_back(file.string());
    const auto result = runChild(words, limit, kKeptOutput);
    if (!result.ended) crashed("did not come to an end");
    if (result.signal != 0)
        crashed(std::string("ended the process (") + ::strsignal(result.signal) + ")");

    const auto verdict = findVerdict(result.output);
    if (!verdict) crashed("ended the process without a word");
    if (result.exit_code == static_cast<int>(CheckExit::Good) && verdict->name == "ok")
        return verdict->text;
    if (const auto cause = causeFromName(verdict->name)) throw PluginRefused(*cause, verdict->text);
    crashed("ended the process");
}

}  // namespace postato::platforms
