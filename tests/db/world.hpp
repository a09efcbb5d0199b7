#pragma once

/// \file
/// A migrated database with two workspaces, and rows to put into it.

#include <string>
#include <utility>

#include "persistence/account_repository.hpp"
#include "persistence/token_repository.hpp"
#include "support/test_database.hpp"

namespace postato::persistence::testing {

using postato::testing::Backend;
using postato::testing::backends;
using postato::testing::TestDatabase;

inline constexpr const char* kPlatform = "fake";

struct World {
    explicit World(const Backend& backend, const TestDatabase::Adjust& adjust = {})
        : db(backend, TestDatabase::Schema::Migrated, adjust),
          ours(db.makeWorkspace()),
          theirs(db.makeWorkspace()) {}

    /// Calls a function of a repository in a transaction of its own.
    template <class Repository, class Out, class... Formal, class... Actual>
    Out run(Out (Repository::*function)(Formal...), const Actual&... arguments) {
        return db->write([&](Transaction& tx) {
            Repository repository(tx);
            return (repository.*function)(arguments...);
        });
    }

    /// An account of `person`, not stored; its grant is the person's own.
    Account account(const WorkspaceScope& scope, const std::string& person);
    /// A pair for it, not stored.
    SealedTokens pair(const AccountId& id, std::int64_t generation);

    /// Stores an account; an id to ask for it by.
    AccountId storeAccount(const WorkspaceScope& scope, const std::string& person);
    /// With its first pair, due `due_in` from now.
    AccountId storePair(const WorkspaceScope& scope, const std::string& person,
                        std::chrono::milliseconds due_in = {});

    /// A person who may sign in.
    UserId storeUser(const std::string& email);

    Account find(const AccountId& id) { return *run(&AccountRepository::find, ours, id); }
    StoredTokens tokens(const AccountId& id) { return *run(&TokenRepository::find, ours, id); }

    template <class Id>
    Id makeId() {
        return Id::make(db.clock.now(), db.random);
    }

    TestDatabase db;
    WorkspaceScope ours;
    WorkspaceScope theirs;
};

}  // namespace postato::persistence::testing
