#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/commands/commands.hpp"
#include "app/commands/installation.hpp"
#include "app/platform_setup.hpp"
#include "platforms/plugin_image.hpp"
#include "util/error.hpp"

namespace postato::app {
namespace {

/// Where a plugin's author may have no installation: the copy that is tried lies here, for a
/// moment.
class Scratch {
public:
    Scratch() {
        auto name = (std::filesystem::temp_directory_path() / "postato-check-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            throw Error(ErrorCode::Unavailable,
                        PublicMessage{"No temporary directory can be made: " + name + ": " +
                                      std::strerror(errno)});
        path_ = name;
    }
    ~Scratch() {
        std::error_code ignored;  // what is left there harms nobody
        std::filesystem::remove_all(path_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

int checkPlugin(const Arguments& arguments) {
    const auto& file = arguments.positional().front();
    // The child process of the check: see platforms/plugin_image.hpp.
    if (arguments.has("in-process")) return platforms::checkPluginInProcess(file, std::cout);

    const auto path = std::filesystem::absolute(file);
    const Scratch scratch;
    try {
        const auto plugin = makePluginLoader(path.parent_path(), scratch.path()).load(path);
        arguments.print(plugin.platform_id + " " + plugin.version + " can be loaded.",
                        {{"ok", true},
                         {"id", plugin.platform_id},
                         {"displayName", plugin.display_name},
                         {"version", plugin.version},
                         {"optionKeys", plugin.option_keys}});
        return 0;
    } catch (const platforms::PluginRefused& refused) {
        if (!arguments.json())
            throw Error(ErrorCode::Conflict, PublicMessage{file + " " + refused.reason()});
        arguments.print({}, {{"ok", false},
                             {"cause", platforms::causeName(refused.cause())},
                             {"reason", refused.reason()}});
        return kFailure;
    }
}

int listPlugins(const Arguments& arguments) {
    Problems problems;
    const auto config = readConfig(configFile(arguments), processEnvironment(), problems);
    const auto plugins = loadPlugins(config, problems);
    problems.throwIfAny();
    const SystemClock clock;
    const Logger silent(clock, STDERR_FILENO, LogLevel::Error);
    const auto registry = makeRegistry(config, plugins, silent);

    std::string text;
    auto items = nlohmann::json::array();
    for (const auto& entry : registry.list()) {
        if (!text.empty()) text += '\n';
        text += entry.id + "  " + std::string(platforms::word(entry.state));
        if (!entry.version.empty()) text += "  " + entry.version;
        if (entry.state == platforms::PlatformState::Refused) text += "  " + entry.file;
        if (!entry.reason.empty()) text += "  " + entry.reason;
        items.push_back({{"id", entry.id},
                         {"displayName", entry.display_name},
                         {"version", entry.version},
                         {"state", platforms::word(entry.state)},
                         {"reason", entry.reason},
                         {"file", entry.file},
                         {"redirectUri", entry.redirect_uri}});
    }
    arguments.print(
        text.empty() ? "There are no plugins in " + config.plugin_directory.string() + "." : text,
        {{"directory", config.plugin_directory.string()}, {"items", items}});
    return 0;
}

}  // namespace

Command pluginCheckCommand() {
    return {"plugin check",
            "Say whether a plugin file would be loaded, and if not, why",
            "FILE",
            {{"in-process", "", "load it into this very process; what the check itself does"}},
            checkPlugin};
}

Command pluginListCommand() {
    return {"plugin list",
            "List the plugins: ready, unconfigured, refused and why",
            "",
            {},
            listPlugins};
}

}  // namespace postato::app
