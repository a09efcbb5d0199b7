#pragma once

/// \file
/// Whether this process should be sent requests.

#include <atomic>

namespace postato::persistence {
class Database;
class Migrator;
}  // namespace postato::persistence

namespace postato::journal {
class AnswerJournal;
}

namespace postato::api {

/// Thread-safe.
class Readiness {
public:
    Readiness(persistence::Database& database, persistence::Migrator& migrator,
              const journal::AnswerJournal& journal)
        : database_(database), migrator_(migrator), journal_(journal) {}

    /// The database answers and its schema is at least ours (a newer one is fine for a process that
    /// runs already), the journal can take an answer, and the process is not on its way out.
    bool ready();

    /// From now on not ready: load balancers look elsewhere while the last requests finish.
    void drain() noexcept { draining_ = true; }

private:
    persistence::Database& database_;
    persistence::Migrator& migrator_;
    const journal::AnswerJournal& journal_;
    std::atomic<bool> draining_{false};
};

}  // namespace postato::api
