#pragma once

/// \file
/// From the plugin directory and the configuration to the platforms of this process.

#include <set>
#include <string>

#include "app/config.hpp"
#include "platforms/platform_registry.hpp"
#include "platforms/plugin_loader.hpp"
#include "util/log.hpp"

namespace postato::app {

/// Copies go to `private_directory` (see LoaderOptions).
platforms::PluginLoader makePluginLoader(const std::filesystem::path& directory,
                                         const std::filesystem::path& private_directory);

/// Makes the state directory, tries and loads every plugin, and reports what is wrong with the
/// directories and which keys of platform sections no plugin knows.
platforms::LoadedDirectory loadPlugins(const Config& config, Problems& problems);

/// Creates the platforms from their sections. Refusals go to the log and stay listed; they do not
/// stop the others. `log` must outlive the registry.
platforms::PlatformRegistry makeRegistry(const Config& config,
                                         const platforms::LoadedDirectory& plugins,
                                         const Logger& log);

/// Origins of the endpoints configured with plain http; `readConfig` has seen that all are
/// loopback.
std::set<std::string> plainOrigins(const Config& config);

}  // namespace postato::app
