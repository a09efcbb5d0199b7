#pragma once

/// \file
/// Whether this process should be sent requests.

#include <atomic>
#include <functional>

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
    /// `in_custody` tells whether this process can open whatever others have sealed, and has
    /// settled what its journal held at the start.
    Readiness(persistence::Database& database, persistence::Migrator& migrator,
              const journal::AnswerJournal& journal, std::function<bool()> in_custody)
        : database_(database),
          migrator_(migrator),
          journal_(journal),
          in_custody_(std::move(in_custody)) {}

    /// The database answers and its schema is at least ours (a newer one is fine for a process that
    /// runs already), the journal can take an answer and that of before is settled, no key is
    /// missing, and the process is not on its way out.
    bool ready();

    /// From now on not ready: load balancers look elsewhere while the last requests finish.
    void drain() noexcept { draining_ = true; }

private:
    persistence::Database& database_;
    persistence::Migrator& migrator_;
    const journal::AnswerJournal& journal_;
    std::function<bool()> in_custody_;
    std::atomic<bool> draining_{false};
};

}  // namespace postato::api
