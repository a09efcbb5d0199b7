#include "journal/journal_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "util/durable_file.hpp"
#include "util/error.hpp"

namespace postato::journal {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReserve = 16 * 1024;  ///< several answers of a usual size

[[noreturn]] void fail(const fs::path& path, const char* act) {
    throw Error(ErrorCode::Unavailable,
                PublicMessage{"The journal file " + path.string() + " cannot be " + act + ": " +
                              std::strerror(errno)});
}

}  // namespace

JournalFile JournalFile::create(fs::path path) {
    const auto unlocked = path.parent_path() / ("." + path.filename().string());
    const int descriptor = ::open(
        unlocked.c_str(), O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0) fail(path, "made");
    JournalFile file(unlocked, descriptor);
    const bool locked = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    // A file system that cannot reserve is no reason to stop; one without room is.
    const auto allocate = [&] {
        const auto size = static_cast<off_t>(kReserve);
        while (::fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, size) != 0)
            if (errno != EINTR) return errno == EOPNOTSUPP;
        return true;
    };
    const bool reserved = locked && allocate();
    if (!reserved) {
        const int reason = errno;
        file.remove();
        errno = reason;
        fail(path, "written");
    }
    file.moveTo(path);
    return file;
}

std::optional<JournalFile> JournalFile::open(fs::path path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0) {
        if (errno == ENOENT) return std::nullopt;
        fail(path, "opened");
    }
    JournalFile file(std::move(path), descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return std::nullopt;
        fail(file.path_, "locked");
    }
    // It may have been settled and moved between the two calls.
    if (::access(file.path_.c_str(), F_OK) != 0) return std::nullopt;
    return file;
}

std::optional<std::vector<std::string>> JournalFile::peek(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        if (errno == ENOENT) return std::nullopt;
        fail(path, "opened");
    }
    return JournalFile(path, descriptor).lines();
}

JournalFile::JournalFile(JournalFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      name_synced_(other.name_synced_) {}

JournalFile::~JournalFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

bool JournalFile::tryAdd(std::string_view line) noexcept {
    return writeAll(descriptor_, line) && writeAll(descriptor_, "\n");
}

void JournalFile::add(std::string_view line) {
    if (!tryAdd(line)) fail(path_, "written");
}

void JournalFile::sync() {
    if (::fdatasync(descriptor_) != 0) fail(path_, "written");
    if (name_synced_) return;
    try {
        syncDirectory(path_.parent_path());
    } catch (const std::system_error& failure) {
        throw Error(ErrorCode::Unavailable,
                    PublicMessage{"The journal file " + path_.string() + " " + failure.what()});
    }
    name_synced_ = true;
}

std::vector<std::string> JournalFile::lines() {
    std::string text;
    std::array<char, 16384> block{};
    for (;;) {
        const auto count =
            ::pread(descriptor_, block.data(), block.size(), static_cast<off_t>(text.size()));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(path_, "read");
        if (count == 0) break;
        text.append(block.data(), static_cast<std::size_t>(count));
    }
    std::vector<std::string> lines;
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

void JournalFile::moveTo(const fs::path& path) {
    if (::rename(path_.c_str(), path.c_str()) != 0) fail(path_, "moved");
    path_ = path;
}

void JournalFile::remove() noexcept { ::unlink(path_.c_str()); }

}  // namespace postato::journal
