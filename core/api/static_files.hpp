#pragma once

/// \file
/// The dashboard's files, read once at start. A request is answered from a map of exact paths: none
/// ever becomes a path of the file system (HTTP-07).

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace postato::api {

struct StaticFile {
    std::string content_type;
    std::string body;
    std::string etag;   ///< quoted, from the content
    bool page = false;  ///< HTML: private, with a content security policy
};

/// Immutable after construction, so thread-safe.
class StaticFiles {
public:
    /// None: every page is a 404. For tests and API-only installations.
    StaticFiles() = default;

    /// Reads `*.html` and `assets/*` of the directory; files of a kind that browsers are not served
    /// are left out. `accounts.html` is `/accounts`, and `sign-in-link.html` is `/sign-in/link`.
    /// Throws Error{InvalidArgument} when the directory or a file cannot be read, naming it.
    explicit StaticFiles(const std::filesystem::path& directory);

    /// nullptr when there is no such path.
    const StaticFile* find(std::string_view path) const;

private:
    void add(const std::string& path, const std::filesystem::path& file);

    std::map<std::string, StaticFile, std::less<>> files_;
};

}  // namespace postato::api
