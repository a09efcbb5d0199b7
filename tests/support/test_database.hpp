#pragma once

/// \file
/// A migrated, empty database of its own for each test case, on every kind of database at hand.

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "persistence/database.hpp"
#include "persistence/workspace_scope.hpp"
#include "support/test_random.hpp"
#include "util/clock.hpp"
#include "util/ids.hpp"

namespace postato::persistence {

/// Scopes for tests, which stand where the gate stands in the service.
struct TestWorkspaceScope {
    static WorkspaceScope of(const WorkspaceId& id) { return WorkspaceScope(id); }
};

}  // namespace postato::persistence

namespace postato::testing {

/// A kind of database; printed as its name in a data case.
struct Backend {
    persistence::Dialect dialect;
    std::string server_url;  ///< PostgreSQL only
};
std::ostream& operator<<(std::ostream& out, const Backend& backend);

/// SQLite, and PostgreSQL where POSTATO_TEST_POSTGRES holds the URL of a server on which schemas
/// may be made.
std::vector<Backend> backends();
/// Those of one kind only; PostgreSQL may be absent.
std::vector<Backend> backends(persistence::Dialect dialect);
/// Says on standard error which kind is absent.
void reportAbsentBackends();

/// A directory of SQLite's or a schema of PostgreSQL's, gone with the object. Its clock stands
/// still, and is the database's too.
class TestDatabase {
public:
    using Adjust = std::function<void(persistence::DatabaseOptions&)>;

    enum class Schema { Migrated = 1, Empty };
    explicit TestDatabase(const Backend& backend, Schema schema = Schema::Migrated,
                          const Adjust& adjust = {});
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    persistence::Database& operator*() { return *database_; }
    persistence::Database* operator->() { return database_.get(); }
    const std::string& url() const { return options_.url; }
    /// The same database as another process sees it.
    std::unique_ptr<persistence::Database> another(const Adjust& adjust = {}) const;

    /// Runs a text; for arranging what the repositories would never do.
    std::int64_t sql(const std::string& text);
    /// The only number of the only row.
    std::int64_t number(const std::string& text);

    /// A stored workspace.
    persistence::WorkspaceScope makeWorkspace();

    FakeClock clock;
    TestRandom random;

private:
    class Place;
    std::unique_ptr<Place> place_;
    persistence::DatabaseOptions options_;
    std::unique_ptr<persistence::Database> database_;
};

/// What the tests' databases are migrated by.
std::string migrationsDirectory();

}  // namespace postato::testing
