#pragma once

/// \file
/// Where an installed Postato keeps its parts, seen from its own executable.

#include <filesystem>

namespace postato::app {

/// Defaults of the configuration: `<prefix>/share/postato/...` and `<prefix>/lib/postato/plugins`,
/// where the executable is `<prefix>/bin/postato`.
struct InstallationPaths {
    std::filesystem::path migrations;
    std::filesystem::path dashboard;
    std::filesystem::path plugins;
};

InstallationPaths installationPaths();

/// The file this process was started from.
std::filesystem::path executablePath();

}  // namespace postato::app
