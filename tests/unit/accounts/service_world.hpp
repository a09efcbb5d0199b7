#pragma once

/// \file
/// The services on a database of their own, with a scripted platform and a clock that stands still.

#include <memory>
#include <string>

#include "accounts/account_service.hpp"
#include "accounts/account_writer.hpp"
#include "accounts/connection_service.hpp"
#include "accounts/housekeeper.hpp"
#include "accounts/journal_settling.hpp"
#include "accounts/refresh_on_demand.hpp"
#include "accounts/revocation_queue.hpp"
#include "crypto/token_cipher.hpp"
#include "scripted_platform.hpp"
#include "support/data_keys.hpp"
#include "support/temporary_directory.hpp"
#include "support/test_database.hpp"

namespace postato::accounts::testing {

inline constexpr const char* kPlatform = "scripted";

/// Another process on the same database.
struct OtherProcess;

class ServiceWorld {
public:
    using Adjust = std::function<void(ScriptedPlatform&)>;
    explicit ServiceWorld(
        const postato::testing::Backend& backend, const Adjust& adjust = [](auto&) {});

    /// An account of `person`, connected a moment ago.
    AccountId connect(const persistence::WorkspaceScope& scope, const std::string& person);
    /// Claims what is due and carries it through, as the worker does; how many there were.
    std::size_t refreshDue();
    /// Claims what is due, calls, and is killed between the answer and everything else. As the
    /// worker, it does not ask where an answer waits or a lease was never given back.
    /// Whether all that was due brought a pair.
    bool dieAfterAnswer();
    /// Another active data key, made of one character, in the database and in our set.
    void replaceDataKey(std::uint32_t id, char fill);
    /// Past the next refresh of a fresh pair.
    void passToDue() { db.clock.advance(std::chrono::minutes(118)); }

    persistence::Account account(const persistence::WorkspaceScope& scope, const AccountId& id);
    std::optional<persistence::StoredTokens> tokens(const persistence::WorkspaceScope& scope,
                                                    const AccountId& id);
    std::string accessToken(const persistence::WorkspaceScope& scope, const AccountId& id);
    std::vector<std::string> eventTypes(const persistence::WorkspaceScope& scope,
                                        const AccountId& id);
    /// As if its journal were settled with the database that is there.
    void openGate(TokenRefresher& of, bool nothing_lost = true);
    /// With a journal of its own, by name, or with ours.
    std::unique_ptr<OtherProcess> anotherProcess(const std::string& journal_name = "");
    /// Restarts with another version of the plugin.
    void installPlugin(const std::string& version);

    postato::testing::TestDatabase db;
    std::shared_ptr<ScriptedPlatform> platform;
    Logger log;
    postato::testing::TestDataKeys data_keys{{1, 'k'}};
    crypto::TokenCipher cipher{"ins_test", data_keys, db.random};
    TokenVault vault;
    postato::testing::TemporaryDirectory directory;
    journal::AnswerJournal journal;
    platforms::PlatformRegistry registry;
    PlatformGateway gateway;
    RefreshPolicy policy{.calm = std::chrono::milliseconds(0)};
    RefreshSchedule schedule;
    RevocationQueue revocations;
    PlatformBreakers breakers;
    RefreshSettlement settlement;
    AccountWriter writer;
    TokenRefresher refresher;
    RefreshOnDemand on_demand;
    AccountService accounts;
    ConnectionService connections;
    JournalReplay replay;
    JournalSettling settling;
    Housekeeper housekeeper;
    persistence::WorkspaceScope workspace;
};

struct OtherProcess {
    OtherProcess(ServiceWorld& world, const std::string& journal_name);

    std::unique_ptr<persistence::Database> database;
    std::unique_ptr<journal::AnswerJournal> own_journal;
    RefreshSettlement settlement;
    TokenRefresher refresher;
    RefreshOnDemand on_demand;
};

}  // namespace postato::accounts::testing
