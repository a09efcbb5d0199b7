#pragma once

/// \file
/// Why a plugin is not used: one cause and one sentence each.

#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace postato::platforms {

enum class RefusalCause {
    NotAFile = 1,       ///< missing, a directory, a symbolic link, a device
    UnsafePermissions,  ///< somebody else could have written it
    NotLoadable,        ///< no shared object, cut off, or a symbol is missing
    NoDescriptor,       ///< loads, but is not a plugin of ours
    AbiMismatch,        ///< built against other SDK headers
    ToolchainMismatch,  ///< built with another compiler or C++ library
    BadId,              ///< the platform id is not one
    DuplicatePlatform,  ///< another file serves the platform already
    CrashedInCheck,     ///< ended or hung the process that tried it, or threw there
    CreateFailed        ///< refused its configuration
};

/// `not_a_file`, `abi_mismatch`, ...: stable, for logs and JSON.
std::string_view causeName(RefusalCause cause);
std::optional<RefusalCause> causeFromName(std::string_view name);

/// Thrown by everything between a file name and a usable platform. `what()` is a sentence without
/// subject and full stop, such as "is a symbolic link; put the file itself here", that fits behind
/// the file's name: the cause, then what to do. Parts of it may come from the file, so control
/// characters become blanks.
class PluginRefused : public std::exception {
public:
    PluginRefused(RefusalCause cause, std::string reason);

    RefusalCause cause() const noexcept { return cause_; }
    const std::string& reason() const noexcept { return reason_; }
    const char* what() const noexcept override { return reason_.c_str(); }

private:
    RefusalCause cause_;
    std::string reason_;
};

}  // namespace postato::platforms
