#include "support/test_database.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "persistence/migrator.hpp"
#include "persistence/workspace_repository.hpp"

namespace postato::testing {

using persistence::Database;
using persistence::DatabaseOptions;
using persistence::Dialect;
using persistence::Statement;
using persistence::Transaction;

namespace {

std::string uniqueName() {
    static std::atomic<int> made{0};
    return "postato_test_" + std::to_string(::getpid()) + "_" + std::to_string(++made);
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Backend& backend) {
    return out << (backend.dialect == Dialect::Sqlite ? "SQLite" : "PostgreSQL");
}

std::vector<Backend> backends() {
    std::vector<Backend> all = {{Dialect::Sqlite, {}}};
    if (const char* url = std::getenv("POSTATO_TEST_POSTGRES"); url != nullptr && *url != '\0') {
        all.push_back({Dialect::Postgresql, url});
    }
    return all;
}

std::vector<Backend> backends(Dialect dialect) {
    std::vector<Backend> some;
    for (auto& backend : backends()) {
        if (backend.dialect == dialect) some.push_back(std::move(backend));
    }
    return some;
}

void reportAbsentBackends() {
    if (!backends(Dialect::Postgresql).empty()) return;
    std::fputs("not run on PostgreSQL: POSTATO_TEST_POSTGRES names no server\n", stderr);
}

std::string migrationsDirectory() { return POSTATO_MIGRATIONS; }

/// Where the data stands.
class TestDatabase::Place {
public:
    Place(const Backend& backend, const Clock& clock) : name_(uniqueName()) {
        if (backend.dialect == Dialect::Sqlite) {
            directory_ = std::filesystem::temp_directory_path() / name_;
            std::filesystem::create_directory(directory_);
            url_ = "sqlite3://" + (directory_ / "postato.db").string();
            return;
        }
        DatabaseOptions options;
        options.url = backend.server_url;
        options.pool = 1;
        server_ = std::make_unique<Database>(options, clock);
        onServer("CREATE SCHEMA " + name_);
        url_ = backend.server_url +
               (backend.server_url.find('?') == std::string::npos ? '?' : '&') +
               "options=-csearch_path%3D" + name_;
    }
    ~Place() {
        if (server_) {
            onServer("DROP SCHEMA " + name_ + " CASCADE");
        } else {
            std::filesystem::remove_all(directory_);
        }
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    const std::string& url() const { return url_; }

private:
    void onServer(const std::string& text) {
        const Statement statement{"test.place", text.c_str()};
        server_->write([&](Transaction& tx) { tx.execute(statement); });
    }

    std::string name_;
    std::string url_;
    std::filesystem::path directory_;
    std::unique_ptr<Database> server_;
};

TestDatabase::TestDatabase(const Backend& backend, Schema schema, const Adjust& adjust)
    : place_(std::make_unique<Place>(backend, clock)) {
    options_.url = place_->url();
    options_.pool = 8;
    if (adjust) adjust(options_);
    database_ = std::make_unique<Database>(options_, clock, true);
    if (schema == Schema::Empty) return;
    persistence::Migrator(
        *database_, persistence::readMigrations(migrationsDirectory(), backend.dialect), clock)
        .run();
}

TestDatabase::~TestDatabase() = default;

std::unique_ptr<Database> TestDatabase::another(const Adjust& adjust) const {
    auto options = options_;
    if (adjust) adjust(options);
    return std::make_unique<Database>(options, clock, true);
}

std::int64_t TestDatabase::sql(const std::string& text) {
    const Statement statement{"test.sql", text.c_str()};
    return database_->write([&](Transaction& tx) { return tx.execute(statement); });
}

std::int64_t TestDatabase::number(const std::string& text) {
    const Statement statement{"test.number", text.c_str(), "i"};
    return database_->read([&](Transaction& tx) { return tx.queryOne(statement)->integer(0); });
}

persistence::WorkspaceScope TestDatabase::makeWorkspace() {
    const auto id = WorkspaceId::make(clock.now(), random);
    database_->write([&](Transaction& tx) {
        persistence::WorkspaceRepository(tx).insert({id, "A workspace", clock.now(), clock.now()});
    });
    return persistence::TestWorkspaceScope::of(id);
}

}  // namespace postato::testing
