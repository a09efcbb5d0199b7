#pragma once

/// \file
/// The directory of our own from which plugins are loaded: what was checked cannot be exchanged
/// between the check and the loading.

#include <filesystem>
#include <set>
#include <string>

namespace postato::platforms {

/// Makes the directory when it is missing. Throws Error{InvalidArgument} when others could write to
/// it, or to a directory above it, and Error{Unavailable} when it cannot be made.
void preparePrivateDirectory(const std::filesystem::path& directory);

/// Removes what earlier starts left: copies of plugins that have been replaced, and those of a
/// start that was cut off. Nothing of the last day, since another process may be about to load it;
/// what a process has mapped it keeps anyway.
void sweepPrivateDirectory(const std::filesystem::path& directory,
                           const std::set<std::filesystem::path>& used);

/// A copy under a name that nobody else uses, so that a refused one can be removed although another
/// process may be loading the same content. The accepted one gets its lasting name; a process that
/// has an older copy of that name mapped keeps it.
class PrivateCopy {
public:
    /// Throws Error{Unavailable} when it cannot be written whole.
    PrivateCopy(std::filesystem::path directory, const std::string& content);
    /// Removes it unless it was kept.
    ~PrivateCopy();
    PrivateCopy(const PrivateCopy&) = delete;
    PrivateCopy& operator=(const PrivateCopy&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }

    void keepAs(const std::string& name);

private:
    std::filesystem::path directory_;
    std::filesystem::path path_;
    bool kept_ = false;
};

}  // namespace postato::platforms
