#include "persistence/postgresql_session.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <sys/socket.h>

#include <string_view>
#include <system_error>
#include <utility>

#include "persistence/postgresql_probe.hpp"
#include "util/kill_point.hpp"

namespace postato::persistence {
namespace {

using Clock = std::chrono::steady_clock;

/// A connection used more recently than this is trusted to have a server behind it.
constexpr std::chrono::milliseconds kTrusted{1000};
constexpr std::chrono::milliseconds kPingLimit{400};

PGconn* handle(soci::session& session) {
    return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

}  // namespace

PostgresqlSession::PostgresqlSession(std::string conninfo,
                                     std::chrono::milliseconds connect_timeout,
                                     std::optional<SilenceLimit> silence, bool cache_statements)
    : Session(cache_statements),
      conninfo_(std::move(conninfo)),
      connect_timeout_(connect_timeout),
      silence_(silence) {}

std::unique_ptr<soci::session> PostgresqlSession::connect() {
    // SOCI connects by a call that cannot be bounded below two seconds.
    if (const auto reason = knock(conninfo_, connect_timeout_); !reason.empty()) {
        fail({FailureKind::Lost, "08001", reason}, "connect");
    }
    auto session = std::make_unique<soci::session>(soci::postgresql, conninfo_);
    // Notices would go to standard error by themselves, past the log.
    PQsetNoticeReceiver(
        handle(*session), [](void*, const PGresult*) {}, nullptr);
    last_answer_ = Clock::now();
    return session;
}

bool PostgresqlSession::answers() {
    PGconn* connection = handle(*soci_);
    if (!stillOpen(connection)) return false;
    const auto now = Clock::now();
    if (now - last_answer_ < kTrusted) return true;
    if (!ping(connection, kPingLimit)) return false;
    last_answer_ = Clock::now();
    return true;
}

std::shared_ptr<void> PostgresqlSession::watch() {
    last_answer_ = Clock::now();
    const int descriptor = PQsocket(handle(*soci_));
    if (!silence_ || descriptor < 0) return nullptr;  // closed: the call will say so
    try {
        return std::make_shared<Watchdog::Guard>(*silence_->watchdog, descriptor,
                                                 last_answer_ + silence_->limit);
    } catch (const std::system_error& error) {
        throw unavailable(std::string("no file descriptor left: ") + error.what());
    }
}

void PostgresqlSession::script(const char* name, const std::string& sql) {
    const auto watched = watch();
    PGconn* connection = handle(*soci_);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection, sql.c_str()),
                                                               PQclear);
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
    const char* sqlstate = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    const char* message = PQresultErrorField(result.get(), PG_DIAG_MESSAGE_PRIMARY);
    fail(
        postgresqlFailure(sqlstate != nullptr ? sqlstate : "08006",
                          PQstatus(connection) == CONNECTION_OK, message != nullptr ? message : ""),
        name);
}

void PostgresqlSession::begin() { script("begin", "BEGIN"); }

void PostgresqlSession::commit() {
    // The server answers COMMIT of a failed transaction with a ROLLBACK that looks like success.
    if (PQtransactionStatus(handle(*soci_)) != PQTRANS_INTRANS) {
        fail({FailureKind::Bug, "25P02", "the transaction had failed"}, "commit");
    }
#ifdef POSTATO_KILL_POINTS
    if (takeArmedCommit() && PQsendQuery(handle(*soci_), "COMMIT") == 1) {
        POSTATO_KILL_POINT("K7");
        while (PGresult* result = PQgetResult(handle(*soci_))) PQclear(result);
        return;
    }
#endif
    try {
        script("commit", "COMMIT");
    } catch (const Error& error) {
        if (failure() != FailureKind::Lost) throw;
        throw unavailable(std::string(kCommitUnknown) + ": " + error.detail());
    }
}

bool PostgresqlSession::inTransaction() noexcept {
    return PQtransactionStatus(handle(*soci_)) != PQTRANS_IDLE;
}

void PostgresqlSession::sever() noexcept {
    const int descriptor = PQsocket(handle(*soci_));
    if (descriptor >= 0) ::shutdown(descriptor, SHUT_RDWR);
}

Failure PostgresqlSession::read(const soci::soci_error& error) {
    const bool connected = soci_ == nullptr || PQstatus(handle(*soci_)) == CONNECTION_OK;
    // "Cannot execute query. ERROR:  what was wrong\nDETAIL:  ...": the server's own part.
    std::string message = error.get_error_message();
    constexpr std::string_view kMark = "ERROR:  ";
    if (const auto at = message.find(kMark); at != std::string::npos) {
        message.erase(0, at + kMark.size());
    }
    const auto* postgresql = dynamic_cast<const soci::postgresql_soci_error*>(&error);
    if (postgresql == nullptr) {
        // Without a state: SOCI's own complaint, or a connection that could not be made.
        if (soci_ == nullptr) return postgresqlFailure("08001", false, message);
        return postgresqlFailure(connected ? "soci" : "08006", connected, message);
    }
    return postgresqlFailure(postgresql->sqlstate(), connected, message);
}

}  // namespace postato::persistence
