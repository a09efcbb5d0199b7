#include "persistence/failure.hpp"

#include <algorithm>
#include <array>

namespace postato::persistence {
namespace {

constexpr std::chrono::seconds kRetryAfter{1};

FailureKind kindOfSqlstate(std::string_view sqlstate, bool connected) {
    const auto cls = sqlstate.substr(0, 2);
    if (!connected || cls == "08" || sqlstate == "57P01" || sqlstate == "57P02") {
        return FailureKind::Lost;
    }
    if (cls == "23") return FailureKind::Constraint;
    if (sqlstate == "40001" || sqlstate == "40P01") return FailureKind::Retryable;
    constexpr std::array<std::string_view, 8> kAway = {
        "57014",  // query_canceled: the statement timeout
        "57P03",  // cannot_connect_now
        "55P03",  // lock_not_available: the lock timeout
        "25006",  // read_only_sql_transaction: a standby
        "25P03",  // idle_in_transaction_session_timeout
        // What was prepared is not what the server has, after a migration or behind a pooler; the
        // session is replaced.
        "0A000",  // feature_not_supported: "cached plan must not change result type"
        "26000",  // invalid_sql_statement_name
        "42P05",  // duplicate_prepared_statement
    };
    if (std::find(kAway.begin(), kAway.end(), sqlstate) != kAway.end()) {
        return FailureKind::Unavailable;
    }
    if (cls == "53" || cls == "58") return FailureKind::Unavailable;  // resources, system errors
    // Wrong user or password; no such database or schema; a right that is missing.
    if (cls == "28" || cls == "3D" || cls == "3F" || sqlstate == "42501") return FailureKind::Unfit;
    return FailureKind::Bug;
}

FailureKind kindOfResult(int result) {
    switch (result & 0xff) {
        case 5:   // SQLITE_BUSY
        case 6:   // SQLITE_LOCKED
        case 7:   // SQLITE_NOMEM
        case 8:   // SQLITE_READONLY
        case 9:   // SQLITE_INTERRUPT
        case 10:  // SQLITE_IOERR
        case 13:  // SQLITE_FULL
        case 14:  // SQLITE_CANTOPEN
            return FailureKind::Unavailable;
        case 3:   // SQLITE_PERM
        case 11:  // SQLITE_CORRUPT
        case 23:  // SQLITE_AUTH
        case 26:  // SQLITE_NOTADB
            return FailureKind::Unfit;
        case 19:  // SQLITE_CONSTRAINT
            return FailureKind::Constraint;
        default:
            return FailureKind::Bug;
    }
}

std::string firstLine(std::string_view message) {
    return std::string(message.substr(0, message.find('\n')));
}

}  // namespace

Error unavailable(std::string detail) {
    Error error(ErrorCode::Unavailable, PublicMessage{"The database is not available; try again"},
                InternalDetail{std::move(detail)});
    error.retry_after = kRetryAfter;
    return error;
}

Error toError(const Failure& failure, std::string_view statement) {
    std::string detail = std::string(statement) + ": " + failure.code;
    if (!failure.message.empty()) detail += " " + failure.message;
    switch (failure.kind) {
        case FailureKind::Constraint:
            return Error(ErrorCode::Conflict,
                         PublicMessage{"The change conflicts with what is stored"},
                         InternalDetail{detail});
        case FailureKind::Retryable:
        case FailureKind::Unavailable:
        case FailureKind::Lost:
            return unavailable(detail);
        case FailureKind::Unfit:
            return Error(ErrorCode::Unavailable,
                         PublicMessage{"The database cannot be used; its operator must act"},
                         InternalDetail{detail});
        case FailureKind::Bug:
            break;
    }
    return Error(ErrorCode::Internal, PublicMessage{"Something went wrong"},
                 InternalDetail{detail});
}

Failure postgresqlFailure(std::string_view sqlstate, bool connected, std::string_view message) {
    Failure failure{kindOfSqlstate(sqlstate, connected), std::string(sqlstate), {}};
    if (!sqlstate.starts_with("22")) failure.message = firstLine(message);
    return failure;
}

Failure sqliteFailure(int result, std::string_view message) {
    return {kindOfResult(result), std::to_string(result), firstLine(message)};
}

}  // namespace postato::persistence
