#pragma once

/// \file
/// Whether the database keeps what it has committed.

#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace postato::persistence {

/// The names of the server's settings that are off and by which it may lose or spoil what it has
/// committed when its machine stops; `synchronous_commit` only where our sessions cannot set it,
/// behind a pooler. None on SQLite, whose commits we have flushed. Throws Error{Unavailable}.
std::vector<std::string> unsafeSettings(Database& database);

}  // namespace postato::persistence
