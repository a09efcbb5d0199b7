#include "persistence/database.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "persistence/database_url.hpp"
#include "persistence/postgresql_session.hpp"
#include "persistence/script_session.hpp"
#include "persistence/sqlite_session.hpp"
#include "util/encoding.hpp"

namespace postato::persistence {
namespace {

constexpr int kTries = 3;  ///< of a transaction that the server asked to run again

}  // namespace

/// The slots and who waits for one.
struct Database::Pool {
    Pool(DatabaseOptions given, const Clock* server_clock)
        : options(std::move(given)), dialect(dialectOf(options.url)), clock(server_clock) {
        if (dialect == Dialect::Postgresql)
            watchdog = std::make_unique<Watchdog>(options.statement_timeout * 2);
        for (std::size_t i = 0; i < options.pool; ++i) free.push_back(makeSession());
    }

    std::unique_ptr<Session> makeSession() const {
        if (dialect == Dialect::Sqlite)
            return std::make_unique<SqliteSession>(
                sqlitePath(options.url), options.statement_timeout,
                SqliteSession::Locking::Immediate, options.cache_statements);
        return std::make_unique<PostgresqlSession>(
            postgresqlConninfo(options.url, {options.connect_timeout, options.statement_timeout}),
            options.connect_timeout, watchdog.get(), options.cache_statements);
    }

    std::unique_ptr<Session> acquire() {
        std::unique_lock lock(mutex);
        if (!released.wait_for(lock, options.acquire_timeout, [this] { return !free.empty(); }))
            throw unavailable("no session came free in time");
        auto session = std::move(free.back());
        free.pop_back();
        return session;
    }

    void release(std::unique_ptr<Session> session) {
        session->recycle();
        {
            const std::lock_guard lock(mutex);
            free.push_back(std::move(session));
        }
        released.notify_one();
    }

    const DatabaseOptions options;
    const Dialect dialect;
    const Clock* const clock;  ///< nullptr: the server's
    std::unique_ptr<Watchdog> watchdog;
    std::mutex mutex;
    std::condition_variable released;
    std::vector<std::unique_ptr<Session>> free;
    std::atomic<std::uint64_t> statements{0};
};

namespace {

/// A session on loan; goes back whatever happens.
template <class Pool>
class Loan {
public:
    explicit Loan(Pool& pool) : pool_(pool), session_(pool.acquire()) {}
    ~Loan() { pool_.release(std::move(session_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;

    /// Connected and answering.
    Session& ready() {
        if (!session_->connected() || !session_->answers()) session_->open();
        return *session_;
    }

private:
    Pool& pool_;
    std::unique_ptr<Session> session_;
};

}  // namespace

Database::Database(DatabaseOptions options, const Clock& clock, bool clock_overrides_server) {
    const bool ours = clock_overrides_server || dialectOf(options.url) == Dialect::Sqlite;
    pool_ = std::make_unique<Pool>(std::move(options), ours ? &clock : nullptr);
}

Database::~Database() = default;

Dialect Database::dialect() const noexcept { return pool_->dialect; }

std::uint64_t Database::statementsRun() const noexcept { return pool_->statements; }

void Database::run(Mode mode, const std::function<void(Transaction&)>& work) {
    for (int attempt = 1;; ++attempt) {
        Loan loan(*pool_);
        Session& session = loan.ready();
        try {
            Transaction tx(session, pool_->clock, pool_->dialect, pool_->statements);
            if (mode == Mode::Read) return work(tx);
            session.begin();
            work(tx);
            if (tx.doomed_)
                throw Error(ErrorCode::Internal, PublicMessage{"The change could not be stored"},
                            InternalDetail{"an error inside a transaction was passed over"});
            return session.commit();
        } catch (const Error&) {
            if (session.failure() != FailureKind::Retryable || attempt == kTries) throw;
        }
    }
}

bool Database::reachable() noexcept {
    static constexpr Statement kProbe{"database.probe", "SELECT 1", "i"};
    try {
        return read([](Transaction& tx) { return tx.queryOne(kProbe).has_value(); });
    } catch (const std::exception&) {
        return false;
    }
}

std::unique_ptr<Database::ScriptSession> Database::openScriptSession() {
    const auto& options = pool_->options;
    std::unique_ptr<Session> session;
    if (pool_->dialect == Dialect::Sqlite) {
        constexpr std::chrono::milliseconds patience{std::chrono::minutes(1)};
        session = std::make_unique<SqliteSession>(sqlitePath(options.url), patience,
                                                  SqliteSession::Locking::Exclusive, false);
    } else {
        session = std::make_unique<PostgresqlSession>(
            postgresqlConninfo(options.url, {options.connect_timeout, std::nullopt}),
            options.connect_timeout, nullptr, false);
    }
    return std::make_unique<ScriptSession>(std::move(session));
}

}  // namespace postato::persistence
