#include "persistence/sqlite_session.hpp"

#include <fcntl.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include "util/kill_point.hpp"

namespace postato::persistence {
namespace {

sqlite_api::sqlite3* handle(soci::session& session) {
    return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

/// SQLite would make the file with the process's umask, and gives its -wal and -shm files the mode
/// of the file itself. An existing file is never opened here: closing any descriptor of a file
/// drops every lock this process holds on it, SQLite's among them. The mutex keeps the one
/// descriptor that makes the file from outliving another thread's first lock.
void createPrivately(const std::string& path) {
    static std::mutex making;
    const std::lock_guard lock(making);
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor >= 0) {
        ::close(descriptor);
    } else if (errno != EEXIST) {
        throw unavailable("cannot create " + path + ": " + std::strerror(errno));
    }
}

int takeFirst(void* out, int count, char** values, char** /*names*/) {
    if (count > 0 && values[0] != nullptr) *static_cast<std::string*>(out) = values[0];
    return 0;
}

void exec(sqlite_api::sqlite3* connection, const char* name, const std::string& sql,
          std::string* first = nullptr) {
    using namespace sqlite_api;
    const int result = sqlite3_exec(connection, sql.c_str(), first != nullptr ? takeFirst : nullptr,
                                    first, nullptr);
    if (result != SQLITE_OK) {
        throw soci::sqlite3_soci_error(std::string(name) + " " + sqlite3_errmsg(connection),
                                       result);
    }
}

}  // namespace

SqliteSession::SqliteSession(std::string path, std::chrono::milliseconds busy_timeout,
                             Locking locking, bool cache_statements)
    : Session(cache_statements),
      path_(std::move(path)),
      busy_timeout_(busy_timeout),
      locking_(locking) {}

std::unique_ptr<soci::session> SqliteSession::connect() {
    createPrivately(path_);
    auto session = std::make_unique<soci::session>(soci::sqlite3, "dbname=\"" + path_ + "\"");
    auto* connection = handle(*session);
    sqlite_api::sqlite3_extended_result_codes(connection, 1);
    // Before everything else, since the pragmas wait for other openers by it.
    sqlite_api::sqlite3_busy_timeout(connection, static_cast<int>(busy_timeout_.count()));
    std::string mode;
    exec(connection, "journal_mode", "PRAGMA journal_mode=WAL", &mode);
    if (mode != "wal") throw unavailable("SQLite cannot keep a write-ahead log beside " + path_);
    exec(connection, "synchronous", "PRAGMA synchronous=FULL");
    exec(connection, "foreign_keys", "PRAGMA foreign_keys=ON");
    exec(connection, "secure_delete", "PRAGMA secure_delete=ON");
    return session;
}

void SqliteSession::script(const char* name, const std::string& sql) {
    try {
        exec(handle(*soci_), name, sql);
    } catch (const soci::soci_error& error) {
        fail(read(error), name);
    }
}

void SqliteSession::begin() {
    script("begin", locking_ == Locking::Exclusive ? "BEGIN EXCLUSIVE" : "BEGIN IMMEDIATE");
}

void SqliteSession::commit() {
    script("commit", "COMMIT");
#ifdef POSTATO_KILL_POINTS
    if (takeArmedCommit()) POSTATO_KILL_POINT("K7");
#endif
}

bool SqliteSession::inTransaction() noexcept {
    return sqlite_api::sqlite3_get_autocommit(handle(*soci_)) == 0;
}

Failure SqliteSession::read(const soci::soci_error& error) {
    const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
    if (sqlite == nullptr) return {FailureKind::Bug, "soci", error.get_error_message()};
    return sqliteFailure(sqlite->result(), error.get_error_message());
}

}  // namespace postato::persistence
