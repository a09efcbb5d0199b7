#pragma once

/// \file
/// The raw settings: one flat list of `section.key` and text, whatever they were written in.

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "app/problems.hpp"

namespace postato::app {

/// The environment, as variable and value. Handed in so that tests can make one up.
using Environment = std::map<std::string, std::string>;

/// Hands over the key ring itself. It belongs to key_source.hpp alone.
inline constexpr const char* kRingVariable = "POSTATO_ENCRYPTION__KEYRING";

/// The environment of this process, without kRingVariable.
Environment processEnvironment();

/// Layers, the upper one winning:
///  1. the environment: `POSTATO_SERVER__LISTEN` is `server.listen`;
///  2. the file, ini or xml by its extension.
///
/// In values of the file `${system.env.NAME}` becomes that variable; a value that names a variable
/// which is not set counts as absent, and so does an empty one. A key `K_file` gives the key `K`
/// the content of that file without the line end, except for those keys that are themselves named
/// so.
class ConfigSource {
public:
    /// Reports to `problems` what cannot be read. `is_path_key` tells the keys ending in `_file`
    /// whose value is the path itself.
    ConfigSource(const std::filesystem::path& file, const Environment& environment,
                 const std::function<bool(std::string_view)>& is_path_key, Problems& problems);

    std::optional<std::string> get(const std::string& key) const;

    /// Every key that has a value, in order.
    const std::map<std::string, std::string>& values() const noexcept { return values_; }

private:
    void readValueFiles(const std::function<bool(std::string_view)>& is_path_key,
                        Problems& problems);

    std::map<std::string, std::string> values_;
};

}  // namespace postato::app
