#pragma once

/// \file
/// The second half of a connect: from the code in the callback to live accounts, or to an end that
/// leaves nothing behind at the platform. Who may do so was checked in connection_service.hpp.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "accounts/connect_candidates.hpp"
#include "accounts/connect_result.hpp"
#include "accounts/platform_gateway.hpp"
#include "accounts/token_vault.hpp"
#include "journal/answer_journal.hpp"
#include "persistence/database.hpp"
#include "util/log.hpp"

namespace postato::accounts {

class AccountWriter;
class RevocationQueue;
struct ExchangedGrant;

/// Thread-safe.
class ConnectCompletion {
public:
    ConnectCompletion(persistence::Database& database, const PlatformGateway& platforms,
                      const TokenVault& vault, journal::AnswerJournal& journal,
                      AccountWriter& writer, RevocationQueue& revocations, Random& random,
                      const Logger& log, std::chrono::milliseconds candidates_lifetime)
        : database_(database),
          platforms_(platforms),
          vault_(vault),
          journal_(journal),
          writer_(writer),
          revocations_(revocations),
          random_(random),
          log_(log),
          candidates_lifetime_(candidates_lifetime) {}

    /// For the one caller that consumed the connection. No database session is held during the
    /// calls to the platform.
    ConnectResult exchange(const persistence::ScopedConnection& found,
                           const sdk::CallbackParameters& parameters);

    /// Goes on from the answer that a killed process, or one without a database, has left: to the
    /// same end if the connection is still waited for, else to a revocation.
    void resume(const persistence::ScopedConnection& found, journal::JournalEntry& entry);

    /// What waits for the person; empty when nothing does (any more).
    std::vector<ConnectChoice> choices(const persistence::ScopedConnection& found) const;

    /// The person's pick; an empty one declines. Nothing when somebody else's pick, or time, came
    /// first. Throws Error{InvalidArgument} for an id that was not offered.
    std::optional<ConnectResult> choose(const persistence::ScopedConnection& found,
                                        const std::vector<std::string>& identity_ids);

private:
    /// From what the platform said to accounts, candidates or an end.
    ConnectResult conclude(const persistence::ScopedConnection& found,
                           const ExchangedGrant& exchanged, TimePoint received_at);

    struct Ending {
        const char* outcome;  ///< `denied` or `failed`
        std::string code;
        std::string detail;
    };

    /// Ends a connection that makes no account, and sees to it that the tokens it got, if any, do
    /// not outlive it.
    ConnectResult end(persistence::Transaction& tx, const persistence::ScopedConnection& found,
                      const Ending& ending, const ConnectCandidates* unwanted = nullptr);
    ConnectResult end(const persistence::ScopedConnection& found, const Ending& ending,
                      const ConnectCandidates* unwanted = nullptr);
    void revokeUnwanted(persistence::Transaction& tx, const persistence::ScopedConnection& found,
                        const ConnectCandidates& unwanted);

    ConnectResult offer(const persistence::ScopedConnection& found,
                        const ConnectCandidates& candidates);
    ConnectCandidates open(const persistence::ScopedConnection& found, TimePoint now) const;

    enum class From { Callback = 1, Choice };
    /// Nothing when the candidates were taken by somebody else.
    std::optional<ConnectResult> goLive(const persistence::ScopedConnection& found,
                                        const ConnectCandidates& candidates, From from);
    ConnectResult standing(persistence::Transaction& tx,
                           const persistence::ScopedConnection& found) const;

    persistence::Database& database_;
    const PlatformGateway& platforms_;
    const TokenVault& vault_;
    journal::AnswerJournal& journal_;
    AccountWriter& writer_;
    RevocationQueue& revocations_;
    Random& random_;
    const Logger& log_;
    std::chrono::milliseconds candidates_lifetime_;
};

}  // namespace postato::accounts
