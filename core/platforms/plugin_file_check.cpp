#include "platforms/plugin_file_check.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "platforms/plugin_refusal.hpp"

namespace postato::platforms {
namespace {

[[noreturn]] void refuse(RefusalCause cause, const std::string& reason) {
    throw PluginRefused(cause, reason);
}

bool trustedOwner(const struct stat& status) {
    return status.st_uid == 0 || status.st_uid == ::geteuid();
}

bool othersWrite(const struct stat& status) { return (status.st_mode & (S_IWGRP | S_IWOTH)) != 0; }

void checkDirectory(const std::filesystem::path& directory) {
    struct stat status {};
    if (::stat(directory.c_str(), &status) != 0)
        refuse(RefusalCause::NotAFile, "lies under " + directory.string() +
                                           ", which cannot be examined: " + std::strerror(errno));
    if (!trustedOwner(status))
        refuse(RefusalCause::UnsafePermissions,
               "lies under " + directory.string() +
                   ", which belongs to another user; run chown root on it");
    const bool sticky_of_root = status.st_uid == 0 && (status.st_mode & S_ISVTX) != 0;
    if (othersWrite(status) && !sticky_of_root)
        refuse(RefusalCause::UnsafePermissions,
               "lies under " + directory.string() +
                   ", which other users can write to; run chmod go-w on it");
}

}  // namespace

/// The configured directory may be reached through links (`/lib` is one): what counts is where it
/// really is, so the links are resolved first and then every real directory is checked.
std::filesystem::path trustedDirectory(const std::filesystem::path& directory) {
    std::error_code error;
    auto real = std::filesystem::canonical(directory.empty() ? "." : directory, error);
    if (error) refuse(RefusalCause::NotAFile, "has no readable directory: " + error.message());
    for (auto level = real;; level = level.parent_path()) {
        checkDirectory(level);
        if (level == level.root_path()) return real;
    }
}

Descriptor openPluginFile(const std::filesystem::path& file) {
    const auto real = trustedDirectory(file.parent_path()) / file.filename();
    // O_NONBLOCK: a FIFO must be refused, not waited for.
    Descriptor open(::open(real.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (open.get() < 0) {
        if (errno == ENOENT) refuse(RefusalCause::NotAFile, "does not exist; check the name");
        if (errno == ELOOP)
            refuse(RefusalCause::NotAFile, "is a symbolic link; put the file itself here");
        refuse(RefusalCause::NotAFile, std::string("cannot be opened: ") + std::strerror(errno));
    }
    struct stat status {};
    if (::fstat(open.get(), &status) != 0 || !S_ISREG(status.st_mode))
        refuse(RefusalCause::NotAFile, "is not a regular file; only plugins may be named like one");
    if (!trustedOwner(status))
        refuse(RefusalCause::UnsafePermissions, "belongs to another user; run chown root on it");
    if (othersWrite(status))
        refuse(RefusalCause::UnsafePermissions,
               "can be changed by other users; run chmod go-w on it");
    return open;
}

}  // namespace postato::platforms
