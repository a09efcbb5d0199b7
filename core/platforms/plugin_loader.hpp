#pragma once

/// \file
/// From a directory of `*.so` to plugins that can be used. Plugins are trusted code in our own
/// process; what this keeps out is files that somebody else could have written, and files that
/// would crash the host or speak another version of its interface.

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "platforms/plugin_refusal.hpp"
#include "postato/sdk/platform.hpp"

namespace postato::platforms {

struct LoaderOptions {
    std::filesystem::path directory;          ///< scanned for `*.so`, not below
    std::filesystem::path private_directory;  ///< `<state>/plugins`; made when missing
    /// Argv of the child that tries a file; the file is added to it. See checkPluginInProcess().
    std::vector<std::string> check_command;
    std::chrono::milliseconds check_limit{10'000};
};

/// A plugin whose code stays mapped for the life of the process. Copies are cheap.
struct LoadedPlugin {
    std::filesystem::path file;  ///< where the operator put it
    std::string platform_id;
    std::string display_name;
    std::string version;
    std::vector<std::string> option_keys;  ///< configuration keys of its own
    const sdk::PluginDescriptor* descriptor = nullptr;

    /// Builds the platform; the plugin's own `destroy` ends it. Throws
    /// PluginRefused{CreateFailed} when the plugin does not accept the configuration.
    std::shared_ptr<const sdk::Platform> create(const sdk::PlatformConfig& config) const;
};

struct RefusedPlugin {
    std::filesystem::path file;
    RefusalCause cause;
    std::string reason;  ///< see PluginRefused
};

struct LoadedDirectory {
    std::vector<LoadedPlugin> plugins;
    std::vector<RefusedPlugin> refused;
};

/// Not thread-safe; used once, at the start.
class PluginLoader {
public:
    explicit PluginLoader(LoaderOptions options);

    /// Every file, by name. A refused one does not stop the others; of two for one platform the
    /// first stays. Copies that earlier starts left are removed. Throws Error{InvalidArgument} when
    /// the directory cannot be read at all.
    LoadedDirectory loadAll();

    /// One file: opened once and checked, copied to the private directory under its SHA-256, the
    /// copy tried in a child process and then mapped. The original may be replaced or overwritten
    /// afterwards without any effect on us. Throws PluginRefused.
    LoadedPlugin load(const std::filesystem::path& file);

private:
    LoaderOptions options_;
    std::map<std::string, std::string> served_by_;  ///< platform id to file name, loaded so far
    std::set<std::filesystem::path> copies_;        ///< in the private directory, of those
};

}  // namespace postato::platforms
