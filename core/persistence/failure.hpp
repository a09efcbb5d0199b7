#pragma once

/// \file
/// What a driver's error means to us. SOCI's what() appends every bound value, so only the parts
/// named here ever leave a session.

#include <string>
#include <string_view>

#include "util/error.hpp"

namespace postato::persistence {

enum class FailureKind {
    Constraint = 1,  ///< the statement broke a constraint
    Retryable,       ///< a deadlock or serialization failure: the same again may well succeed
    Unavailable,     ///< busy, full, read-only, timed out; the session itself may be sound
    Unfit,           ///< it answers but refuses us, or is no database: the operator must act
    Lost,            ///< the connection is gone
    Bug              ///< anything else: the statement, the schema or the value is wrong
};

struct Failure {
    FailureKind kind = FailureKind::Bug;
    std::string code;     ///< SQLSTATE or SQLite's extended result code
    std::string message;  ///< the driver's primary message, without values
};

/// `statement` is the name of the statement, not its text.
Error toError(const Failure& failure, std::string_view statement);

/// How the detail begins when the answer to a COMMIT was lost: it may have happened.
inline constexpr const char* kCommitUnknown = "the outcome of COMMIT is unknown";

/// "The database is not available", with a time after which to ask again.
Error unavailable(std::string detail);

/// By SQLSTATE (PostgreSQL, Appendix A). `message` is cut to its first line, since DETAIL repeats
/// key values, and left out for data exceptions, whose first line quotes the value.
Failure postgresqlFailure(std::string_view sqlstate, bool connected, std::string_view message);

/// By extended result code (sqlite3.h). A full disk has already rolled everything back.
Failure sqliteFailure(int result, std::string_view message);

}  // namespace postato::persistence
