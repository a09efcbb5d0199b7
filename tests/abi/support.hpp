#pragma once

/// \file
/// A plugin directory that lasts as long as a test, and the ways to look at it.

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "platforms/plugin_loader.hpp"
#include "util/log.hpp"

namespace postato::platforms::testing {

namespace fs = std::filesystem;

/// How a run of the built program ended, and what it wrote.
struct Run {
    int exit_code;
    std::string out;
    std::string err;
};

class PluginDirectory {
public:
    PluginDirectory();
    ~PluginDirectory();
    PluginDirectory(const PluginDirectory&) = delete;
    PluginDirectory& operator=(const PluginDirectory&) = delete;

    /// Copies a fixture, under its own name or another.
    fs::path put(const std::string& fixture) const { return put(fixture, fixture + ".so"); }
    fs::path put(const std::string& fixture, const std::string& name) const;
    fs::path write(const std::string& name, const std::string& content) const;

    PluginLoader loader(std::chrono::milliseconds limit = std::chrono::seconds(30)) const;
    LoaderOptions options(std::chrono::milliseconds limit = std::chrono::seconds(30)) const;

    /// `postato WORDS... --config` with this directory as the plugin directory. `settings` are
    /// further lines of the configuration.
    Run postato(const std::vector<std::string>& words, const std::string& settings = {}) const;

    /// Names in the private directory.
    std::vector<std::string> privateFiles() const;

    fs::path root() const { return root_; }
    fs::path plugins() const { return root_ / "plugins"; }
    fs::path privateDirectory() const { return root_ / "state" / "plugins"; }

private:
    fs::path root_;
};

/// Where a fixture was built.
fs::path fixtureFile(const std::string& fixture);
std::string readFile(const fs::path& file);

/// The refusal of one file; fails the test when it is loaded.
RefusedPlugin refusalOf(const PluginDirectory& directory, const fs::path& file);

/// A fixture's platform, made with an empty configuration.
std::shared_ptr<const sdk::Platform> makePlatform(const PluginDirectory& directory,
                                                  const std::string& fixture);

}  // namespace postato::platforms::testing
