#pragma once

/// \file
/// Trying a plugin where it can do no harm: in a child process that is thrown away.

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace postato::platforms {

/// Runs `command` with `file` as the last argument; the command ends in checkPluginInProcess().
/// Returns the platform id the plugin serves, or throws PluginRefused with what the child said;
/// with CrashedInCheck when it ended by a signal, ended otherwise without a verdict, or was still
/// running after `limit`. The child gets no input, and what plugins print goes nowhere. Throws
/// Error{Internal} when the command cannot be run.
std::string checkPluginInChild(const std::vector<std::string>& command,
                               const std::filesystem::path& file, std::chrono::milliseconds limit);

}  // namespace postato::platforms
