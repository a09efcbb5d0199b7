#pragma once

/// \file
/// What a database URL says. No message of this file repeats any part of the URL, since any part of
/// a mistyped one may be its password.

#include <chrono>
#include <optional>
#include <string>

#include "persistence/database.hpp"

namespace postato::persistence {

/// `sqlite3:///absolute/path` or `postgresql://...` (also `postgres://`, and everything else that
/// libpq reads: several hosts, percent encoding, parameters). Throws Error{InvalidArgument}.
Dialect dialectOf(const std::string& url);

/// The file of an sqlite3 URL.
std::string sqlitePath(const std::string& url);

/// What is told to libpq beside the URL; what the URL itself sets stays as it is.
struct PostgresqlTimeouts {
    std::chrono::milliseconds connect{1000};
    std::optional<std::chrono::milliseconds> statement;  ///< none: no limits on the server's side
};

/// The connection string for libpq.
std::string postgresqlConninfo(const std::string& url, const PostgresqlTimeouts& timeouts);

}  // namespace postato::persistence
