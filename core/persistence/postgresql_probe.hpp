#pragma once

/// \file
/// Questions to a PostgreSQL server that end in time whatever the server does; libpq's blocking
/// calls do not. Private to this folder.

#include <libpq-fe.h>

#include <chrono>
#include <string>

namespace postato::persistence {

/// Connects and hangs up. Empty when the server let us in within `limit` (name resolution apart),
/// else the reason.
std::string knock(const std::string& conninfo, std::chrono::milliseconds limit);

/// Without waiting: false when the server has closed the connection.
bool stillOpen(PGconn* connection);

/// An empty query and its answer within `limit`.
bool ping(PGconn* connection, std::chrono::milliseconds limit);

}  // namespace postato::persistence
