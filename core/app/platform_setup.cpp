#include "app/platform_setup.hpp"

#include "accounts/connection_service.hpp"
#include "app/database_setup.hpp"
#include "app/installation_paths.hpp"
#include "net/url.hpp"
#include "util/error.hpp"

namespace postato::app {
namespace {

// Beside the refresh worker's calls there must be room for people who connect.
constexpr std::size_t kFurtherCalls = 8;

void checkPlatformSections(const Config& config, const platforms::LoadedDirectory& plugins,
                           Problems& problems) {
    DeclaredOptions declared;
    for (const auto& plugin : plugins.plugins) declared[plugin.platform_id] = plugin.option_keys;
    std::vector<std::string> refused;
    for (const auto& plugin : plugins.refused) refused.push_back(plugin.file.stem().string());
    checkPlatformOptions(config, declared, refused, problems);
}

}  // namespace

platforms::PluginLoader makePluginLoader(const std::filesystem::path& directory,
                                         const std::filesystem::path& private_directory) {
    platforms::LoaderOptions options;
    options.directory = directory;
    options.private_directory = private_directory;
    options.check_command = {executablePath().string(), "plugin", "check", "--in-process"};
    return platforms::PluginLoader(std::move(options));
}

platforms::LoadedDirectory loadPlugins(const Config& config, Problems& problems) {
    const auto& state = config.server.state_directory;
    if (state.empty() || config.plugin_directory.empty()) return {};  // reported already
    try {
        makeStateDirectory(config);
    } catch (const Error& unusable) {
        problems.add("server.state_directory", unusable.message());
        return {};
    }
    try {
        auto plugins = makePluginLoader(config.plugin_directory, state / "plugins").loadAll();
        checkPlatformSections(config, plugins, problems);
        return plugins;
    } catch (const Error& unusable) {
        problems.add("plugins.directory", unusable.message());
        return {};
    }
}

platforms::PlatformRegistry makeRegistry(const Config& config,
                                         const platforms::LoadedDirectory& plugins,
                                         const Logger& log) {
    platforms::LaneOptions lane;
    lane.slots = config.refresh.per_platform + kFurtherCalls;

    std::vector<platforms::PlatformEntry> entries;
    for (const auto& plugin : plugins.plugins) {
        const auto section = config.platforms.find(plugin.platform_id);
        const auto settings =
            section == config.platforms.end() ? sdk::PlatformConfig{} : section->second;
        entries.push_back(platforms::makeEntry(
            plugin, settings, accounts::redirectUri(config.server.public_url, plugin.platform_id),
            lane, log));
    }
    for (const auto& plugin : plugins.refused) {
        entries.push_back(platforms::makeEntry(plugin));
        log.warning("plugin.refused", {{"file", plugin.file.string()},
                                       {"cause", platforms::causeName(plugin.cause)},
                                       {"reason", plugin.reason}});
    }
    return platforms::PlatformRegistry(std::move(entries));
}

std::set<std::string> plainOrigins(const Config& config) {
    std::set<std::string> origins;
    const auto add = [&](const std::string& address) {
        const auto url = net::parseUrl(address);
        if (url && !url->secure()) origins.insert(url->origin());
    };
    for (const auto& [id, platform] : config.platforms) {
        add(platform.authorization_endpoint);
        add(platform.token_endpoint);
        add(platform.revocation_endpoint);
        add(platform.api_base);
        for (const auto& [key, value] : platform.options)
            if (key.ends_with("_endpoint")) add(value);
    }
    return origins;
}

}  // namespace postato::app
