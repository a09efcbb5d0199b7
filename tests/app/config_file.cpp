#include "config_file.hpp"

#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace postato::app::testing {

namespace fs = std::filesystem;

ConfigFile::ConfigFile(const std::string& content, const std::string& name) {
    auto pattern = (fs::temp_directory_path() / "postato-config-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory_ = pattern;
    path_ = add(name, content);
}

ConfigFile::~ConfigFile() {
    std::error_code ignored;  // what stays behind is in the temporary directory
    fs::remove_all(directory_, ignored);
}

fs::path ConfigFile::add(const std::string& name, const std::string& content) const {
    const auto path = directory_ / name;
    std::ofstream(path) << content;
    return path;
}

std::vector<std::string> problemsOf(const std::string& ini, const Environment& environment) {
    const ConfigFile file(ini);
    Problems problems;
    readConfig(file.path(), environment, problems);
    return problems.list();
}

bool hasProblem(const std::vector<std::string>& problems, const std::string& key,
                const std::string& words) {
    return std::any_of(problems.begin(), problems.end(), [&](const auto& problem) {
        return problem.starts_with(key + ": ") && problem.find(words) != std::string::npos;
    });
}

}  // namespace postato::app::testing
