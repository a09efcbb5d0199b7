#pragma once

/// \file
/// From configuration to a database that may be used.

#include <memory>

#include "app/config.hpp"
#include "app/process_lock.hpp"
#include "persistence/database.hpp"
#include "persistence/migrator.hpp"
#include "util/clock.hpp"

namespace postato::app {

/// Opens nothing yet. With as many sessions as configured, or as `sessions` says.
std::unique_ptr<persistence::Database> makeDatabase(const Config& config, const Clock& clock,
                                                    std::size_t sessions = 0);

persistence::Migrator makeMigrator(const Config& config, persistence::Database& database,
                                   const Clock& clock);

/// `[server] state_directory`, where an embedded database usually lies, for us alone. Throws
/// Error{Unavailable} when it is neither there nor can be made.
void makeStateDirectory(const Config& config);

/// For `serve` and `migrate`, which have an embedded database for themselves; nothing for a server.
std::unique_ptr<ProcessLock> lockDatabase(const Config& config);

/// Throws Error{Conflict} when the schema was made by a newer program.
void refuseNewerSchema(persistence::SchemaState state);

/// For commands that work on a running installation: the database, with its schema checked. Throws
/// Error{Conflict} with the command to run when the schema is not the one of this program.
std::unique_ptr<persistence::Database> openDatabase(const Config& config, const Clock& clock);

}  // namespace postato::app
