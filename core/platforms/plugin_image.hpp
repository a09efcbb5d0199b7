#pragma once

/// \file
/// A shared object, mapped, and the descriptor it exports. The lower half of loading; the host goes
/// through plugin_loader.hpp, which tries each file in a child process first.

#include <filesystem>
#include <iosfwd>

#include "postato/sdk/platform.hpp"

namespace postato::platforms {

/// Maps the file (RTLD_NOW | RTLD_LOCAL) and checks what it exports, before any function of it is
/// called: that the symbol is there even before mapping, then magic, ABI version, size, toolchain
/// and platform id. A mapped object stays for the life of the process, so the reference does too:
/// exceptions, virtual tables and texts of a plugin may outlive every object it made.
///
/// Throws PluginRefused. A file that is cut off or whose initialisers misbehave may end the
/// process.
const sdk::PluginDescriptor& openPluginImage(const std::filesystem::path& file);

/// How the child of the check ends: `postato plugin check --in-process FILE`.
enum class CheckExit { Good = 0, NotLoadable = 2, WrongAbi = 3 };

/// Tries `file` in this very process, writes one line with the verdict to `out` and returns the
/// CheckExit to end with. plugin_check_process.hpp reads both.
int checkPluginInProcess(const std::filesystem::path& file, std::ostream& out);

/// Starts the verdict's line, so that it is found among whatever initialisers print.
constexpr char kVerdict[] = "postato-plugin-check ";

}  // namespace postato::platforms
