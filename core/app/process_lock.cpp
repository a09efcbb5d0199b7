#include "app/process_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "util/error.hpp"

namespace postato::app {

ProcessLock::ProcessLock(const std::filesystem::path& file)
    : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    if (descriptor_ < 0)
        throw Error(ErrorCode::Unavailable,
                    PublicMessage{"The lock file " + file.string() +
                                  " cannot be made: " + std::strerror(errno)});
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
    ::close(descriptor_);
    throw Error(
        ErrorCode::Conflict,
        PublicMessage{"Another postato process uses this SQLite database (" + file.string() +
                      " is locked); stop it first, or use PostgreSQL for several"});
}

ProcessLock::~ProcessLock() { ::close(descriptor_); }

std::optional<std::filesystem::path> sqliteFile(const std::string& database_url) {
    constexpr std::string_view kScheme = "sqlite3://";
    if (!database_url.starts_with(kScheme)) return std::nullopt;
    return database_url.substr(kScheme.size());
}

}  // namespace postato::app
