#pragma once

/// \file
/// Whether the database keeps what it has committed, and whether it is still the one that did.

#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace postato::persistence {

/// The names of the server's settings that are off and by which it may lose or spoil what it has
/// committed when its machine stops; `synchronous_commit` only where our sessions cannot set it,
/// behind a pooler. None on SQLite, whose commits we have flushed. Throws Error{Unavailable}.
std::vector<std::string> unsafeSettings(Database& database);

/// Names this run of this server with these tables. By another name it may lack what was committed
/// under the former one: another server has taken over, it has restarted, or a backup was restored.
/// One name for SQLite, whose file nobody exchanges under the process that holds it. Throws
/// Error{Unavailable}.
std::string incarnation(Transaction& tx);

}  // namespace postato::persistence
