#pragma once

/// \file
/// A browser that connects an account: to the platform, back, and through the choice.

#include <optional>
#include <string>

#include "persistence/identity_repository.hpp"
#include "service_world.hpp"

namespace postato::accounts::testing {

/// One browser of one person, going through the flow.
struct Walk {
    ServiceWorld& world;
    SignedIn person;
    std::optional<ConnectStarted> started;
    std::string state;

    explicit Walk(ServiceWorld& where) : world(where), person(makePerson(where)) {}

    static SignedIn makePerson(ServiceWorld& where) {
        return where.db->write([&](persistence::Transaction& tx) {
            const auto id = UserId::make(tx.now(), where.db.random);
            persistence::UserRepository(tx).insert(
                {id, id.str() + "@example.com", std::nullopt, "owner", tx.now()});
            return SignedIn{id, "session"};
        });
    }

    void start(std::optional<AccountId> reconnect = std::nullopt) {
        started = world.connections.start(
            world.workspace,
            {.platform = kPlatform, .reconnect_account = reconnect, .person = person});
        const auto& url = started->authorization_url;
        state = url.substr(url.find("state=") + 6);
    }

    ConnectCallback callback(sdk::CallbackParameters parameters) const {
        parameters.emplace_back("state", state);
        return {.platform = kPlatform,
                .parameters = std::move(parameters),
                .browser_secret =
                    [this](const ConnectionId&) {
                        return std::string(started->browser_secret.reveal());
                    },
                .person = person,
                .may_connect = [](const auto&, const auto&) { return true; }};
    }

    ConnectResult arrive(const std::string& who) {
        return world.connections.callback(callback({{"code", who}}));
    }

    ConnectAsk ask() const {
        return {.connection = started->connection,
                .platform = kPlatform,
                .browser_secret = std::string(started->browser_secret.reveal()),
                .person = person,
                .may_connect = [](const auto&, const auto&) { return true; }};
    }
};

/// How many accounts the workspace has.
inline std::size_t listed(ServiceWorld& world) {
    return world.accounts.list(world.workspace, {}, {}, false).items.size();
}

}  // namespace postato::accounts::testing
