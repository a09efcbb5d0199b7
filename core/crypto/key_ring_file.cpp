// The key ring's file: who may own it, how it is read, how it is made and changed.

#include "crypto/key_ring_file.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "util/durable_file.hpp"
#include "util/error.hpp"

namespace postato::crypto {
namespace {

constexpr std::size_t kLargestFile = 64 * 1024;
// Beside the ring's file: what will replace it, and whose turn it is.
constexpr const char* kNext = ".new";
constexpr const char* kLock = ".lock";

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& problem) {
    throw Error(ErrorCode::InvalidArgument,
                PublicMessage{"The key ring " + file.string() + " " + problem});
}

/// Wiped however the block is left.
struct WipedText {
    std::string text;
    ~WipedText() { OPENSSL_cleanse(text.data(), text.size()); }
};

std::filesystem::path directoryOf(const std::filesystem::path& file) {
    return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

void checkDirectory(const std::filesystem::path& file) {
    struct stat status {};
    if (::stat(directoryOf(file).c_str(), &status) != 0)
        refuse(file, std::string("has no usable directory: ") + std::strerror(errno));
    if (status.st_uid != 0 && status.st_uid != ::geteuid())
        refuse(file, "is in a directory of another user, who could replace it or take it away");
    const bool others_write = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
    if (others_write && (status.st_mode & S_ISVTX) == 0)
        refuse(file, "is in a directory that other users can write to; take that right away");
}

void checkFile(const std::filesystem::path& file, int fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) refuse(file, "cannot be examined");
    if (!S_ISREG(status.st_mode)) refuse(file, "is not a regular file");
    if (status.st_uid != ::geteuid())
        refuse(file, "does not belong to the user this program runs as");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        refuse(file, "can be used by other users; run chmod 600 on it");
}

void readAll(const std::filesystem::path& file, int fd, std::string& text) {
    // Reserved in one piece: growing would leave copies of keys behind.
    text.resize(kLargestFile + 1);
    std::size_t size = 0;
    while (size < text.size()) {
        const auto count = ::read(fd, text.data() + size, text.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) refuse(file, std::string("cannot be read: ") + std::strerror(errno));
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    if (size > kLargestFile) refuse(file, "is too large to be a key ring");
    text.resize(size);
}

/// Calls `act`, which makes or replaces the ring's file with a document of the ring.
template <typename Act>
void write(const std::filesystem::path& file, const KeyRing& ring, const char* if_there, Act act) {
    const WipedText content{ring.document()};
    try {
        act(content.text);
    } catch (const std::system_error& failure) {
        refuse(file, failure.code() == std::errc::file_exists ? if_there : failure.what());
    }
}

std::filesystem::path besideOf(std::filesystem::path file, const char* suffix) {
    file += suffix;
    return file;
}

Descriptor lock(const std::filesystem::path& file) {
    checkDirectory(file);
    Descriptor fd(::open(besideOf(file, kLock).c_str(),
                         O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
    if (fd.get() >= 0 && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return fd;
    if (fd.get() >= 0 && errno == EWOULDBLOCK)
        refuse(file, "is being changed by another command; try again when that has ended");
    refuse(file, std::string("cannot be locked: ") + std::strerror(errno));
}

/// All zeros where there is no file; whoever reads it says so.
struct stat look(const std::filesystem::path& file) {
    struct stat status {};
    if (::lstat(file.c_str(), &status) != 0) return {};
    return status;
}

bool isSame(const struct stat& a, const struct stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
           a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

}  // namespace

KeyRing KeyRing::load(const std::filesystem::path& file) {
    // O_NONBLOCK: a FIFO in its place must be refused, not waited for.
    const Descriptor fd(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (fd.get() < 0) {
        if (errno == ENOENT) refuse(file, "does not exist; make one with: postato key init");
        if (errno == ELOOP) refuse(file, "is a symbolic link; name the file itself");
        refuse(file, std::string("cannot be opened: ") + std::strerror(errno));
    }
    checkFile(file, fd.get());
    checkDirectory(file);
    WipedText content;
    readAll(file, fd.get(), content.text);
    return parse(content.text);
}

void createKeyRingFile(const std::filesystem::path& file, const KeyRing& ring) {
    checkDirectory(file);
    write(file, ring, "exists already and is left as it is", [&](const std::string& text) {
        createFile(file, text);
        syncDirectory(directoryOf(file));
    });
}

KeyRingFile::KeyRingFile(std::filesystem::path file)
    : file_(std::move(file)), lock_(lock(file_)), seen_(look(file_)), ring_(KeyRing::load(file_)) {
    // Only who has the lock writes it, so this one was left by a command that was killed.
    ::unlink(besideOf(file_, kNext).c_str());
}

void KeyRingFile::save() {
    if (!isSame(seen_, look(file_)))
        refuse(file_, "was changed by somebody else meanwhile; nothing was written, try again");
    checkDirectory(file_);
    write(file_, ring_, "is being changed by somebody else; try again",
          [&](const std::string& text) { replaceFile(file_, besideOf(file_, kNext), text); });
    seen_ = look(file_);
}

}  // namespace postato::crypto
