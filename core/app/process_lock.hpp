#pragma once

/// \file
/// One process at a time on an embedded database.

#include <filesystem>
#include <optional>
#include <string>

namespace postato::app {

/// Holds a lock file while it lives; the system drops it with the process, however that ends.
class ProcessLock {
public:
    /// Throws Error{Conflict} when another process holds it, Error{Unavailable} when the file
    /// cannot be made.
    explicit ProcessLock(const std::filesystem::path& file);
    ~ProcessLock();
    ProcessLock(const ProcessLock&) = delete;
    ProcessLock& operator=(const ProcessLock&) = delete;

private:
    int descriptor_;
};

/// The database's file: nothing for a server's URL.
std::optional<std::filesystem::path> sqliteFile(const std::string& database_url);

}  // namespace postato::app
