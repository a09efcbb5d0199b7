/// \file
/// A configuration file, ini or (where it begins with '<') xml: every problem is reported and none
/// thrown, no secret is repeated, and no other file is drawn in.

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "app/config.hpp"
#include "fuzz.hpp"
#include "util/encoding.hpp"

using namespace postato;
using fuzz::require;

namespace {

constexpr std::string_view kMark = "hunter2secret";

/// The two files, and one beside them that an entity could name.
class Directory {
public:
    Directory() {
        std::filesystem::create_directories(path_);
        write("canary.txt", kMark);
    }
    ~Directory() { std::filesystem::remove_all(path_); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    std::filesystem::path write(const std::string& name, std::string_view text) const {
        std::ofstream(path_ / name, std::ios::binary | std::ios::trunc) << text;
        return path_ / name;
    }

private:
    std::filesystem::path path_ = std::filesystem::temp_directory_path() /
                                  ("postato-fuzz-config-" + std::to_string(::getpid()));
};

const app::Environment kEnvironment = {{"NAME", "value"}, {"POSTATO_LOG__LEVEL", "debug"}};

void checkSource(const std::filesystem::path& file) {
    app::Problems problems;
    const app::ConfigSource source(
        file, kEnvironment, [](auto) { return true; }, problems);
    require(source.get("log.level").has_value());
    for (const auto& [key, value] : source.values()) {
        require(!key.empty() && key == toLower(key) && !value.empty());
        require(std::string_view(" \t\r\n").find(value.front()) == std::string_view::npos);
        require(std::string_view(" \t\r\n").find(value.back()) == std::string_view::npos);
        require(value.find(kMark) == std::string::npos);
    }
}

void checkConfig(const std::filesystem::path& file) {
    app::Problems problems;
    const auto config = app::readConfig(file, kEnvironment, problems);
    for (const auto& problem : problems.list()) {
        require(problem.find(": ") != std::string::npos);
        require(problem.find(kMark) == std::string::npos);
    }
    if (!problems.empty()) return;
    require(config.server.workers >= 1 && config.server.workers <= 256);
    require(!config.server.public_url.empty() && !config.server.public_url.ends_with('/'));
    require(config.database.url.starts_with("sqlite3:///") ||
            config.database.url.starts_with("postgresql://"));
    for (const auto& [id, platform] : config.platforms) require(!id.empty() && id == toLower(id));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Directory directory;
    const auto text = fuzz::textOf(data, size);
    if (text.find(kMark) != std::string_view::npos) return 0;
    const bool xml = text.starts_with('<');
    checkSource(directory.write(xml ? "postato.xml" : "postato.ini", text));

    // Keys named so are read from any file that there is.
    if (toLower(text).find("_file") != std::string::npos || xml) return 0;
    const auto secrets = std::string(text) + "\n[database]\nurl = x://" + std::string(kMark) +
                         "\n[platform.x]\nclient_secret = " + std::string(kMark) + "\n";
    checkConfig(directory.write("postato.ini", secrets));
    return 0;
}
