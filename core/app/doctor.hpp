#pragma once

/// \file
/// Looks at an installation without changing it, and says what to do about what it finds.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "app/config_source.hpp"

namespace postato::app {

enum class CheckState { Ok = 1, Warn, Fail };
std::string_view word(CheckState state);  ///< `ok`, `warn`, `fail`

struct Check {
    std::string name;  ///< `configuration`, `database`, `key ring`, `plugins`, `redirect URIs`
    CheckState state;
    std::string message;  ///< what was found, and what to do unless it is ok
};

/// Every check that can be made; those that need a part that is broken are left out.
std::vector<Check> examine(const std::filesystem::path& config_file,
                           const Environment& environment);

}  // namespace postato::app
