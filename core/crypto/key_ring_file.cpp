// The key ring's file: who may own it, how it is read, how it is made.

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "crypto/key_ring.hpp"
#include "util/encoding.hpp"
#include "util/error.hpp"
#include "util/ids.hpp"

namespace postato::crypto {
namespace {

constexpr std::size_t kLargestFile = 64 * 1024;

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& problem) {
    throw Error(ErrorCode::InvalidArgument,
                PublicMessage{"The key ring " + file.string() + " " + problem});
}

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const noexcept { return fd_; }

private:
    int fd_;
};

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

bool writeAll(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto count = ::write(fd, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

std::string ringText(const std::string& ring_id, TimePoint now, Random& random) {
    const auto key_id = "kek_" + makeUlid(now, random);
    WipedText key{random.bytes(kKeySize)};
    WipedText encoded{toBase64Url(key.text)};
    return "{\n  \"version\": 1,\n  \"id\": \"" + ring_id + "\",\n  \"active\": \"" + key_id +
           "\",\n  \"keys\": [\n    {\"id\": \"" + key_id + "\", \"key\": \"" + encoded.text +
           "\", \"createdAt\": \"" + toIso8601(now) + "\"}\n  ]\n}\n";
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

std::string createKeyRingFile(const std::filesystem::path& file, TimePoint now, Random& random) {
    checkDirectory(file);
    const auto ring_id = "ring_" + makeUlid(now, random);
    const WipedText content{ringText(ring_id, now, random)};
    const Descriptor fd(
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (fd.get() < 0) {
        if (errno == EEXIST) refuse(file, "exists already and is left as it is");
        refuse(file, std::string("cannot be made: ") + std::strerror(errno));
    }
    // The umask may have taken bits away, never added any.
    if (::fchmod(fd.get(), 0600) != 0 || !writeAll(fd.get(), content.text) ||
        ::fsync(fd.get()) != 0) {
        const std::string reason = std::strerror(errno);
        ::unlink(file.c_str());  // half a ring would stand in the way of the next try
        refuse(file, "cannot be written: " + reason);
    }
    const Descriptor directory(
        ::open(directoryOf(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || ::fsync(directory.get()) != 0)
        refuse(file, "was written, but its directory cannot be synchronised to disk");
    return ring_id;
}

}  // namespace postato::crypto
