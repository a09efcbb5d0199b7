#pragma once

/// \file
/// Brings the schema up to date, once, whoever comes first.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace postato::persistence {

struct Migration {
    std::int64_t version = 0;
    std::string name;      ///< "0001_initial"
    std::string checksum;  ///< FNV or better; recorded to notice an edited file
    std::vector<std::string> statements;
};

/// Reads `NNNN_what[.sqlite3|.postgresql].sql` for one dialect, in order. Throws
/// Error{InvalidArgument} on a gap, a duplicate, or an unreadable directory, naming the file.
std::vector<Migration> readMigrations(const std::filesystem::path& directory, Dialect dialect);

enum class SchemaState { Empty = 1, Behind, Current, Newer };

class Migrator {
public:
    Migrator(Database& database, std::vector<Migration> migrations, const Clock& clock);

    /// Applies what is missing, each in a transaction of its own, under an advisory lock on
    /// PostgreSQL and BEGIN EXCLUSIVE on SQLite: of several starters one migrates and the others
    /// wait. Returns the names applied. Throws Error{Conflict} when the schema is newer than this
    /// program or a released migration was edited, naming it.
    std::vector<std::string> run();
    SchemaState state();

private:
    Database& database_;
    std::vector<Migration> migrations_;
    const Clock& clock_;
};

}  // namespace postato::persistence
