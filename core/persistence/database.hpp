#pragma once

/// \file
/// The database: a pool of sessions and transactions that cannot lie. SOCI stays behind this
/// header.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "util/clock.hpp"
#include "util/error.hpp"

namespace postato::persistence {

enum class Dialect { Sqlite = 1, Postgresql };

/// A bound value. Text must pass `isStorableText`; binding anything else throws, since the two
/// databases would store it differently.
using Value = std::variant<std::monostate, std::int64_t, std::string>;

struct Parameter {
    std::string_view name;  ///< as in the statement, without the colon
    Value value;
};

/// Later than every row; where a list begins that goes from the newest to the oldest.
inline constexpr TimePoint kEndOfTime = TimePoint::max();

inline Parameter arg(std::string_view name, std::int64_t number) { return {name, number}; }
inline Parameter arg(std::string_view name, int number) { return {name, std::int64_t{number}}; }
inline Parameter arg(std::string_view name, bool flag) { return {name, std::int64_t{flag}}; }
inline Parameter arg(std::string_view name, std::string text) { return {name, std::move(text)}; }
inline Parameter arg(std::string_view name, std::string_view text) {
    return {name, std::string(text)};
}
inline Parameter arg(std::string_view name, const char* text) { return {name, std::string(text)}; }
inline Parameter arg(std::string_view name, TimePoint at) { return {name, toMillis(at)}; }
template <class T>
Parameter arg(std::string_view name, const std::optional<T>& value) {
    return value ? arg(name, *value) : Parameter{name, std::monostate{}};
}

using Parameters = std::vector<Parameter>;

/// One row of a result, read by position. A NULL read as a value throws Error{Internal}.
class Row {
public:
    explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
    std::int64_t integer(std::size_t column) const;
    const std::string& text(std::size_t column) const;
    TimePoint time(std::size_t column) const { return fromMillis(integer(column)); }
    std::optional<std::int64_t> optionalInteger(std::size_t column) const;
    std::optional<std::string> optionalText(std::size_t column) const;
    std::optional<TimePoint> optionalTime(std::size_t column) const;

private:
    std::vector<Value> values_;
};

/// A statement and the types of the columns it returns, in order: 't' text, 'i' integer. Kept as a
/// constant above the function that runs it; its address names it in the cache of prepared
/// statements, its `name` in logs. SOCI cannot tell the type of an expression or of RETURNING on
/// SQLite, so it is stated.
struct Statement {
    const char* name;
    const char* sql;
    const char* columns = "";
};

class Session;  // pool slot; see session.hpp

/// One unit of work on one session. Not thread-safe. Any error dooms it: later calls and the commit
/// throw, so an aborted transaction never reports success: PostgreSQL answers the COMMIT of
/// an aborted transaction with a ROLLBACK, and that is no error.
class Transaction {
public:
    /// Runs a statement; the rows returned or changed. Throws Error{Unavailable} when the database
    /// is away, busy or full, Error{Conflict} on a violated constraint, Error{Internal} otherwise.
    std::int64_t execute(const Statement& statement, const Parameters& parameters = {});
    std::vector<Row> query(const Statement& statement, const Parameters& parameters = {});
    /// The only row, or nothing; more than one is a bug and throws.
    std::optional<Row> queryOne(const Statement& statement, const Parameters& parameters = {});

    /// The database's time, read once per transaction. On SQLite (one process on this machine) and
    /// in tests it is the Clock given to the Database.
    TimePoint now();
    /// The same, going on by this machine's steady time from here.
    RunningClock runningClock() { return {now(), machine_}; }
    Dialect dialect() const noexcept;

    /// Runs `work` just before the commit, behind everything else and in the order of `place`: for
    /// rows that many transactions want. Each holds them only while it commits, and no two can wait
    /// for each other. Only where something is written.
    void beforeCommit(std::string place, std::function<void(Transaction&)> work);

    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

private:
    friend class Database;
    Transaction(Session& session, const Clock& machine, const Clock* clock, Dialect dialect,
                std::atomic<std::uint64_t>& statements_run)
        : session_(session),
          machine_(machine),
          clock_(clock),
          dialect_(dialect),
          statements_run_(statements_run) {}
    template <class Call>
    auto guarded(Call call);

    Session& session_;
    const Clock& machine_;
    const Clock* clock_;  ///< nullptr: ask the server
    Dialect dialect_;
    std::atomic<std::uint64_t>& statements_run_;  ///< of the whole database
    std::optional<TimePoint> now_;
    std::multimap<std::string, std::function<void(Transaction&)>> endings_;
    bool doomed_ = false;
};

struct DatabaseOptions {
    std::string url;  ///< sqlite3:///path/to/file or postgresql://user@host/name?options
    std::size_t pool = 16;
    std::chrono::milliseconds acquire_timeout{1000};
    std::chrono::milliseconds statement_timeout{5000};
    std::chrono::milliseconds connect_timeout{1000};
    bool cache_statements = true;  ///< off behind a pooler in transaction mode
};

/// Thread-safe.
class Database {
public:
    /// Opens nothing yet. `clock`, which must outlive this, is the time on SQLite, and replaces the
    /// server's time when told to (tests). Throws Error{InvalidArgument} on an unusable URL; no
    /// message repeats its password.
    Database(DatabaseOptions options, const Clock& clock, bool clock_overrides_server = false);
    ~Database();

    Dialect dialect() const noexcept;

    /// Runs `work(Transaction&)` and commits; rolls back on any exception. SQLite takes the write
    /// lock at once (BEGIN IMMEDIATE). Serialization failures and deadlocks run `work` again, at
    /// most three times in all, so it must have no effect outside the database.
    template <class Work>
    auto write(Work&& work) {
        using Out = std::invoke_result_t<Work&, Transaction&>;
        if constexpr (std::is_void_v<Out>) {
            run(Mode::Write, [&](Transaction& tx) { work(tx); });
        } else {
            std::optional<Out> out;
            run(Mode::Write, [&](Transaction& tx) { out.emplace(work(tx)); });
            return std::move(*out);
        }
    }

    /// Runs `work(Transaction&)` for reading, each statement on its own.
    template <class Work>
    auto read(Work&& work) {
        using Out = std::invoke_result_t<Work&, Transaction&>;
        std::optional<Out> out;
        run(Mode::Read, [&](Transaction& tx) { out.emplace(work(tx)); });
        return std::move(*out);
    }

    /// True when a session can be had and answers a trivial query.
    bool reachable() noexcept;

    /// Statements run so far: tests compare it to show that a refusal costs no query.
    std::uint64_t statementsRun() const noexcept;

    /// For the migrator: runs each text, which may hold no parameters, on a session of its own.
    class ScriptSession;
    std::unique_ptr<ScriptSession> openScriptSession();

private:
    enum class Mode { Read, Write };
    void run(Mode mode, const std::function<void(Transaction&)>& work);

    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postato::persistence
