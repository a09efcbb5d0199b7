#pragma once

/// \file
/// The sessions of a Database and who may use one now. Private to this folder.

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "persistence/database.hpp"
#include "persistence/session.hpp"
#include "util/watchdog.hpp"

namespace postato::persistence {

/// Thread-safe.
///
/// A connection that cannot be made closes the way to further attempts for a moment, so that
/// callers fail at once instead of queueing behind a server that is away; one at a time then tries.
/// On SQLite, where one writer excludes all others, writers of this process wait here for their
/// turn rather than by polling the file.
class SessionPool {
public:
    SessionPool(const DatabaseOptions& options, Dialect dialect);

    /// A session in use; returned, rolled back if need be, at the end of its life.
    class Lease {
    public:
        Lease(SessionPool& pool, std::unique_ptr<Session> session, bool writer)
            : pool_(pool), session_(std::move(session)), writer_(writer) {}
        ~Lease() { pool_.giveBack(std::move(session_), writer_); }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;

        Session& session() { return *session_; }

    private:
        SessionPool& pool_;
        std::unique_ptr<Session> session_;
        bool writer_;
    };

    /// Connected and answering. Throws Error{Unavailable} when none is free within the acquire
    /// timeout, or the database does not answer.
    std::unique_ptr<Lease> acquire(bool for_writing);

    /// A session of its own outside the pool, with no limit on a statement's time.
    std::unique_ptr<Session> makeScriptSession() const;

private:
    using SteadyTime = std::chrono::steady_clock::time_point;

    std::unique_ptr<Session> makeSession();
    void makeReady(Session& session);
    void connect(Session& session);
    void giveBack(std::unique_ptr<Session> session, bool writer) noexcept;
    void release(bool writer) noexcept;

    const DatabaseOptions options_;
    const Dialect dialect_;
    std::unique_ptr<Watchdog> watchdog_;  ///< PostgreSQL only; outlives the sessions

    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<Session>> idle_;  ///< the last one returned is the next one used
    std::size_t in_use_ = 0;
    bool writing_ = false;
    bool failed_before_ = false;  ///< the last attempt to connect
    SteadyTime no_connect_before_{};
};

}  // namespace postato::persistence
