#include "platforms/private_copy.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include "platforms/plugin_file_check.hpp"
#include "platforms/plugin_refusal.hpp"
#include "util/error.hpp"

namespace postato::platforms {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours kSweptAfter{24};

[[noreturn]] void cannotCopyTo(const fs::path& path) {
    throw Error(ErrorCode::Unavailable, PublicMessage{"Plugins cannot be copied to " +
                                                      path.string() + ": " + std::strerror(errno)});
}

[[noreturn]] void refuse(const fs::path& directory, const std::string& problem) {
    throw Error(ErrorCode::InvalidArgument,
                PublicMessage{"The directory " + directory.string() + " " + problem});
}

void writeAll(int descriptor, std::string_view rest) {
    while (!rest.empty()) {
        const auto count = ::write(descriptor, rest.data(), rest.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) throw std::system_error(errno, std::generic_category());
        rest.remove_prefix(static_cast<std::size_t>(count));
    }
}

}  // namespace

void preparePrivateDirectory(const fs::path& directory) {
    std::error_code ignored;  // mkdir below reports whatever is wrong
    fs::create_directories(directory.parent_path(), ignored);
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) cannotCopyTo(directory);
    struct stat status {};
    if (::lstat(directory.c_str(), &status) != 0) cannotCopyTo(directory);
    if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid() || (status.st_mode & 0077) != 0)
        refuse(directory, "must belong to the user this program runs as, with mode 0700");
    try {
        trustedDirectory(directory.parent_path());
    } catch (const PluginRefused& refused) {
        refuse(directory, refused.reason());
    }
}

void sweepPrivateDirectory(const fs::path& directory, const std::set<fs::path>& used) {
    // What cannot be removed only takes room; the next start tries again.
    std::error_code ignored;
    const auto oldest = fs::file_time_type::clock::now() - kSweptAfter;
    for (fs::directory_iterator entry(directory, ignored), end; !ignored && entry != end;
         entry.increment(ignored)) {
        std::error_code gone;
        const auto written = entry->last_write_time(gone);
        if (!gone && written < oldest && !used.contains(entry->path()))
            fs::remove(entry->path(), gone);
    }
}

PrivateCopy::PrivateCopy(fs::path directory, const std::string& content)
    : directory_(std::move(directory)) {
    auto name = (directory_ / "new-XXXXXX.so").string();
    const Descriptor file(::mkostemps(name.data(), 3, O_CLOEXEC));
    if (file.get() < 0) cannotCopyTo(directory_);
    path_ = name;
    try {
        writeAll(file.get(), content);
    } catch (const std::system_error& error) {
        ::unlink(path_.c_str());
        errno = error.code().value();
        cannotCopyTo(directory_);
    }
}

PrivateCopy::~PrivateCopy() {
    if (!kept_) ::unlink(path_.c_str());
}

void PrivateCopy::keepAs(const std::string& name) {
    const auto target = directory_ / name;
    if (::rename(path_.c_str(), target.c_str()) != 0) cannotCopyTo(target);
    path_ = target;
    kept_ = true;
}

}  // namespace postato::platforms
