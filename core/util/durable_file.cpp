#include "util/durable_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "util/descriptor.hpp"

namespace postato {
namespace {

[[noreturn]] void fail(int reason, const char* problem) {
    throw std::system_error(reason, std::generic_category(), problem);
}

}  // namespace

bool writeAll(int descriptor, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const auto count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

void createFile(const std::filesystem::path& file, std::string_view text) {
    const Descriptor made(
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (made.get() < 0) fail(errno, "cannot be made");
    // The umask may have taken bits away, never added any.
    if (::fchmod(made.get(), 0600) == 0 && writeAll(made.get(), text) && ::fsync(made.get()) == 0)
        return;
    const int reason = errno;
    ::unlink(file.c_str());  // half a file would stand in the way of the next try
    fail(reason, "cannot be written");
}

void replaceFile(const std::filesystem::path& file, const std::filesystem::path& fresh,
                 std::string_view text) {
    createFile(fresh, text);
    if (::rename(fresh.c_str(), file.c_str()) != 0) {
        const int reason = errno;
        ::unlink(fresh.c_str());
        fail(reason, "cannot be replaced");
    }
    syncDirectory(file.has_parent_path() ? file.parent_path() : ".");
}

void syncDirectory(const std::filesystem::path& directory) {
    const Descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.get() < 0 || ::fsync(opened.get()) != 0)
        fail(errno, "was changed, but its directory cannot be synchronised to disk");
}

}  // namespace postato
