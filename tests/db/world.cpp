#include "world.hpp"

#include "persistence/identity_repository.hpp"

namespace postato::persistence::testing {

using namespace std::chrono_literals;

Account World::account(const WorkspaceScope& scope, const std::string& person) {
    const auto now = db.clock.now();
    Account account{.id = makeId<AccountId>(), .workspace_id = scope.id()};
    account.platform = kPlatform;
    account.client_id = "client";
    account.grant_key = "grant-of-" + person;
    account.profile = {person,           "@" + person, "Name of " + person, "https://img.test/a",
                       "https://p.test", "personal"};
    account.status_since = now;
    account.scopes_requested = {"read", "write"};
    account.scopes_granted = {"read"};
    account.connected_by = "usr_of_the_account";
    account.connected_at = now;
    account.reconnect_by = now + 24h;
    account.created_at = now;
    account.updated_at = now;
    return account;
}

SealedTokens World::pair(const AccountId& id, std::int64_t generation) {
    const auto now = db.clock.now();
    const auto number = std::to_string(generation);
    SealedTokens tokens{.account_id = id};
    tokens.generation = generation;
    tokens.access_sealed = "access-" + number;
    tokens.refresh_sealed = "refresh-" + number;
    tokens.plugin_data_sealed = "data-" + number;
    tokens.key_id = 3;
    tokens.token_type = "bearer";
    tokens.issued_at = now;
    tokens.access_expires_at = now + 2h;
    tokens.refresh_expires_at = now + 48h;
    tokens.earliest_refresh_at = now + 1min;
    tokens.next_refresh_at = now + 1h;
    return tokens;
}

AccountId World::storeAccount(const WorkspaceScope& scope, const std::string& person) {
    const auto made = account(scope, person);
    run(&AccountRepository::insert, scope, made);
    return made.id;
}

AccountId World::storePair(const WorkspaceScope& scope, const std::string& person,
                           std::chrono::milliseconds due_in) {
    const auto id = storeAccount(scope, person);
    auto tokens = pair(id, 1);
    tokens.next_refresh_at = db.clock.now() + due_in;
    run(&TokenRepository::insert, scope, tokens, std::string("consent"));
    return id;
}

UserId World::storeUser(const std::string& email) {
    const User user{makeId<UserId>(), email, std::nullopt, "member", db.clock.now()};
    run(&UserRepository::insert, user);
    return user.id;
}

}  // namespace postato::persistence::testing
