#pragma once

/// \file
/// Settling the answers that a killed process, or one without a database, has left in the journal.

#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "accounts/platform_gateway.hpp"
#include "accounts/refresh_settlement.hpp"
#include "accounts/token_vault.hpp"
#include "journal/answer_journal.hpp"
#include "persistence/database.hpp"
#include "util/log.hpp"

namespace postato::accounts {

class ConnectionService;

/// The plugin reads the recorded answers again; no token and no code is sent anywhere. Whatever the
/// database has already is left as it is, so an answer may be replayed any number of times. An
/// answer that cannot be settled now stays and holds up no other. All throw Error{Unavailable} when
/// the database is away; what was not settled then waits for the next call. Thread-safe.
class JournalReplay {
public:
    JournalReplay(persistence::Database& database, const PlatformGateway& platforms,
                  const TokenVault& vault, journal::AnswerJournal& journal,
                  RefreshSettlement& settlement, ConnectionService& connections, const Logger& log)
        : database_(database),
          platforms_(platforms),
          vault_(vault),
          journal_(journal),
          settlement_(settlement),
          connections_(connections),
          log_(log) {}

    /// Before anything is claimed, the answers to refreshes: those that wait, those an older plugin
    /// could not read, and, in case the database has gone back in time, those it once had.
    void catchUp();

    /// The answers to refreshes that wait.
    void settleWaiting();

    /// The answers to connects that wait, and `unread` ones. May ask the platform who the person
    /// is.
    void resumeConnects(bool unread);

private:
    using Part = journal::Part;
    void replayAll(Part part, journal::Operation operation);
    void replayFile(const std::filesystem::path& file, Part part);
    /// That it waits.
    void tellOnce(const std::filesystem::path& file, const Error& error);
    /// Of the settled answers, those that the database may lack. It has nearly all of them, and
    /// nothing is refreshed meanwhile: so they are told by what their heads say, unopened.
    std::vector<std::filesystem::path> settledAndLacking() const;
    void replay(journal::JournalEntry& entry, Part part);
    void replayRefresh(journal::JournalEntry& entry, Part part,
                       const platforms::PlatformEntry& platform);
    void tellBehind(journal::JournalEntry& entry, Part part);
    bool doubtUpTo(const journal::Call& call, std::int64_t generation);
    sdk::Result<sdk::Credentials> read(journal::JournalEntry& entry,
                                       const platforms::PlatformEntry& platform,
                                       const sdk::Credentials& old);
    void revokeUnstored(journal::JournalEntry& entry, persistence::RefreshClaim claim,
                        const platforms::PlatformEntry& platform);

    persistence::Database& database_;
    const PlatformGateway& platforms_;
    const TokenVault& vault_;
    journal::AnswerJournal& journal_;
    RefreshSettlement& settlement_;
    ConnectionService& connections_;
    const Logger& log_;
    std::mutex mutex_;
    std::set<std::string> told_;  ///< files that wait, and that was said
};

}  // namespace postato::accounts
