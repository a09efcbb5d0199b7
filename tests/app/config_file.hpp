#pragma once

/// \file
/// A configuration file that lasts as long as a test.

#include <filesystem>
#include <string>

#include "app/config.hpp"

namespace postato::app::testing {

class ConfigFile {
public:
    explicit ConfigFile(const std::string& content, const std::string& name = "postato.ini");
    ~ConfigFile();
    ConfigFile(const ConfigFile&) = delete;
    ConfigFile& operator=(const ConfigFile&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }
    /// Another file beside it.
    std::filesystem::path add(const std::string& name, const std::string& content) const;

private:
    std::filesystem::path directory_;
    std::filesystem::path path_;
};

/// The problems of such a file, in the order found.
std::vector<std::string> problemsOf(const std::string& ini, const Environment& environment = {});

/// Whether one of the problems begins with `key` and mentions `words`.
bool hasProblem(const std::vector<std::string>& problems, const std::string& key,
                const std::string& words);

}  // namespace postato::app::testing
