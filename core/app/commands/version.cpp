#include <nlohmann/json.hpp>

#include "app/commands/commands.hpp"
#include "postato/sdk/platform.hpp"

namespace postato::app {
namespace {

int printVersion(const Arguments& arguments) {
    arguments.print(std::string("postato ") + POSTATO_VERSION + " (plugin ABI " +
                        std::to_string(sdk::kAbiVersion) + ", " + POSTATO_TOOLCHAIN + ")",
                    {{"version", POSTATO_VERSION},
                     {"pluginAbi", sdk::kAbiVersion},
                     {"toolchain", POSTATO_TOOLCHAIN}});
    return 0;
}

}  // namespace

Command versionCommand() {
    return {
        "--version", "Print the version and what plugins must be built for", "", {}, printVersion};
}

}  // namespace postato::app
