#pragma once

/// \file
/// Whether a plugin's file could have been written by somebody else. Loading it is running it, so
/// it must be as hard to change as the program itself.

#include <filesystem>

#include "util/descriptor.hpp"

namespace postato::platforms {

/// An open file; closed with the object.
/// Opens the file once, for reading, after these checks; what is read from the descriptor is what
/// was checked. The file: regular, not a symbolic link, owned by root or by the user we run as, not
/// writable for group or others. Each directory from its own up to `/`: the same, but one that root
/// owns may be writable when it is sticky. Throws PluginRefused{NotAFile, UnsafePermissions}.
Descriptor openPluginFile(const std::filesystem::path& file);

/// Where `directory` really is, after the same check of it and of each directory above it. Throws
/// as openPluginFile().
std::filesystem::path trustedDirectory(const std::filesystem::path& directory);

}  // namespace postato::platforms
