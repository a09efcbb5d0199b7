#include "persistence/pool.hpp"

#include "persistence/database_url.hpp"
#include "persistence/postgresql_session.hpp"
#include "persistence/sqlite_session.hpp"

namespace postato::persistence {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// How long nobody tries to connect after a failure.
constexpr auto kBackOff = 300ms;
/// The server's own limit comes first; this much later the socket is cut.
constexpr auto kWatchdogMargin = 500ms;
/// A migration waits this long for another program's.
constexpr auto kScriptPatience = 60s;

}  // namespace

SessionPool::SessionPool(const DatabaseOptions& options, Dialect dialect)
    : options_(options), dialect_(dialect) {
    if (dialect_ == Dialect::Postgresql) {
        watchdog_ = std::make_unique<Watchdog>();
    }
    idle_.reserve(options_.pool);  // so that giving back never allocates
}

std::unique_ptr<Session> SessionPool::makeSession() {
    if (dialect_ == Dialect::Sqlite) {
        return std::make_unique<SqliteSession>(sqlitePath(options_.url), options_.acquire_timeout,
                                               SqliteSession::Locking::Immediate,
                                               options_.cache_statements);
    }
    PostgresqlTimeouts timeouts{options_.connect_timeout, options_.statement_timeout};
    // A pooler in transaction mode refuses settings at connection time; the watchdog remains.
    if (!options_.cache_statements) timeouts.statement.reset();
    return std::make_unique<PostgresqlSession>(
        postgresqlConninfo(options_.url, timeouts), options_.connect_timeout,
        SilenceLimit{watchdog_.get(), options_.statement_timeout + kWatchdogMargin},
        options_.cache_statements);
}

std::unique_ptr<Session> SessionPool::makeScriptSession() const {
    std::unique_ptr<Session> session;
    if (dialect_ == Dialect::Sqlite) {
        session = std::make_unique<SqliteSession>(sqlitePath(options_.url), kScriptPatience,
                                                  SqliteSession::Locking::Exclusive, true);
    } else {
        session = std::make_unique<PostgresqlSession>(
            postgresqlConninfo(options_.url, {options_.connect_timeout, std::nullopt}),
            options_.connect_timeout, std::nullopt, true);
    }
    session->open();
    return session;
}

std::unique_ptr<SessionPool::Lease> SessionPool::acquire(bool for_writing) {
    const bool writer = for_writing && dialect_ == Dialect::Sqlite;
    std::unique_ptr<Session> session;
    {
        std::unique_lock lock(mutex_);
        const auto free = [&] { return in_use_ < options_.pool && !(writer && writing_); };
        if (!returned_.wait_until(lock, Clock::now() + options_.acquire_timeout, free)) {
            throw unavailable("no session came free in time");
        }
        ++in_use_;
        if (writer) writing_ = true;
        if (!idle_.empty()) {
            session = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    std::unique_ptr<Lease> lease;
    try {
        if (!session) session = makeSession();
        lease = std::make_unique<Lease>(*this, std::move(session), writer);
    } catch (...) {
        release(writer);
        throw;
    }
    // From here on the lease gives back what was taken, also when making it ready fails.
    makeReady(lease->session());
    return lease;
}

void SessionPool::makeReady(Session& session) {
    if (session.connected() && session.answers()) return;
    session.close();
    connect(session);
}

void SessionPool::connect(Session& session) {
    {
        const std::lock_guard lock(mutex_);
        const auto now = Clock::now();
        if (now < no_connect_before_) throw unavailable("the database did not answer a moment ago");
        // The others fail at once until this attempt has ended well or its back-off is over.
        if (failed_before_) no_connect_before_ = now + kBackOff;
    }
    try {
        session.open();
    } catch (const Error&) {
        const std::lock_guard lock(mutex_);
        failed_before_ = true;
        no_connect_before_ = Clock::now() + kBackOff;
        throw;
    }
    const std::lock_guard lock(mutex_);
    failed_before_ = false;
    no_connect_before_ = {};
}

void SessionPool::giveBack(std::unique_ptr<Session> session, bool writer) noexcept {
    session->recycle();
    {
        const std::lock_guard lock(mutex_);
        idle_.push_back(std::move(session));
    }
    release(writer);
}

void SessionPool::release(bool writer) noexcept {
    {
        const std::lock_guard lock(mutex_);
        --in_use_;
        if (writer) writing_ = false;
    }
    returned_.notify_all();
}

}  // namespace postato::persistence
