#pragma once

/// \file
/// Settles the answers in this machine's journal, all the while and whenever the database has come
/// back as another one, and opens the gate for claims when that is done.

#include <cstdint>
#include <filesystem>
#include <string>

#include "accounts/claim_gate.hpp"
#include "accounts/journal_replay.hpp"
#include "persistence/database.hpp"
#include "util/log.hpp"

namespace postato::accounts {

/// Each of the two beats is for one thread, and they may run beside each other. They throw
/// Error{Unavailable} while the database is away; the gate then stays as it is, since claims fail
/// by themselves.
class JournalSettling {
public:
    /// `memory`: a file that keeps from one start to the next which database the journal was
    /// settled with. One that is lost costs a while of calm, and nothing else.
    JournalSettling(persistence::Database& database, JournalReplay& replay, ClaimGate& gate,
                    const Logger& log, std::filesystem::path memory)
        : database_(database),
          replay_(replay),
          gate_(gate),
          log_(log),
          memory_(std::move(memory)) {}

    /// Refreshes, on which claims depend.
    void beat();
    /// Connects, which may ask a platform who the person is: nothing waits for them.
    void beatConnects();

private:
    std::string incarnation();
    bool nothingLost(const std::string& database);
    void settleWith(const std::string& database);
    void remember(const std::string& database) const;

    persistence::Database& database_;
    JournalReplay& replay_;
    ClaimGate& gate_;
    const Logger& log_;
    const std::filesystem::path memory_;
    std::string connects_settled_with_;
};

}  // namespace postato::accounts
