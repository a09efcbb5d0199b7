#pragma once

/// \file
/// The services on a database of their own, with a scripted platform and a clock that stands still.

#include <memory>
#include <string>

#include "accounts/account_service.hpp"
#include "accounts/account_writer.hpp"
#include "accounts/connection_service.hpp"
#include "accounts/housekeeper.hpp"
#include "accounts/revocation_queue.hpp"
#include "accounts/token_refresher.hpp"
#include "crypto/token_cipher.hpp"
#include "scripted_platform.hpp"
#include "support/test_database.hpp"

namespace postato::accounts::testing {

inline constexpr const char* kPlatform = "scripted";

class ServiceWorld {
public:
    using Adjust = std::function<void(ScriptedPlatform&)>;
    explicit ServiceWorld(
        const postato::testing::Backend& backend, const Adjust& adjust = [](auto&) {});

    /// An account of `person`, connected a moment ago.
    AccountId connect(const persistence::WorkspaceScope& scope, const std::string& person);
    /// Claims what is due and carries it through, as the worker does; how many there were.
    std::size_t refreshDue();
    /// Past the next refresh of a fresh pair.
    void passToDue() { db.clock.advance(std::chrono::minutes(118)); }

    persistence::Account account(const persistence::WorkspaceScope& scope, const AccountId& id);
    std::optional<persistence::StoredTokens> tokens(const persistence::WorkspaceScope& scope,
                                                    const AccountId& id);
    std::string accessToken(const persistence::WorkspaceScope& scope, const AccountId& id);
    std::vector<std::string> eventTypes(const persistence::WorkspaceScope& scope,
                                        const AccountId& id);
    /// Another process on the same database.
    std::unique_ptr<TokenRefresher> anotherRefresher();

    postato::testing::TestDatabase db;
    std::shared_ptr<ScriptedPlatform> platform;
    Logger log;
    std::unique_ptr<crypto::TokenCipher> cipher;
    TokenVault vault;
    platforms::PlatformRegistry registry;
    PlatformGateway gateway;
    RefreshPolicy policy;
    RefreshSchedule schedule;
    RevocationQueue revocations;
    AccountWriter writer;
    TokenRefresher refresher;
    AccountService accounts;
    ConnectionService connections;
    Housekeeper housekeeper;
    persistence::WorkspaceScope workspace;

private:
    std::vector<std::unique_ptr<persistence::Database>> others_;
};

}  // namespace postato::accounts::testing
