#include "persistence/migrator.hpp"

#include <unistd.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "persistence/audit_repository.hpp"
#include "things.hpp"

using namespace postato;
using namespace postato::persistence;
using namespace postato::persistence::testing;

namespace fs = std::filesystem;

namespace postato::persistence::testing {

using Schema = TestDatabase::Schema;

/// A directory of migrations, gone with the object.
class MigrationDirectory {
public:
    MigrationDirectory()
        : path_(fs::temp_directory_path() / ("migrations_" + std::to_string(::getpid()))) {
        fs::remove_all(path_);
        fs::create_directory(path_);
    }
    ~MigrationDirectory() { fs::remove_all(path_); }
    MigrationDirectory(const MigrationDirectory&) = delete;
    MigrationDirectory& operator=(const MigrationDirectory&) = delete;

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
    }
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

struct MigrationWorld {
    explicit MigrationWorld(const Backend& backend)
        : db(backend, Schema::Empty), dialect(backend.dialect) {}

    std::vector<Migration> read() const { return readMigrations(directory.path(), dialect); }
    Migrator migrator(Database& database) const { return Migrator(database, read(), db.clock); }
    std::vector<std::string> migrate() { return migrator(*db).run(); }

    MigrationDirectory directory;
    TestDatabase db;
    Dialect dialect;
};

using Names = std::vector<std::string>;

}  // namespace postato::persistence::testing

BOOST_AUTO_TEST_SUITE(migrator_tests)

BOOST_DATA_TEST_CASE(what_is_missing_is_applied_in_order_and_once, backends(), backend) {
    MigrationWorld f(backend);
    f.directory.write("0001_first.sql",
                      "CREATE TABLE one (id BIGINT);\nINSERT INTO one VALUES (7);\n");
    BOOST_TEST((f.migrator(*f.db).state() == SchemaState::Empty));
    BOOST_TEST(f.migrate() == (Names{"0001_first"}), boost::test_tools::per_element());
    BOOST_TEST((f.migrator(*f.db).state() == SchemaState::Current));

    f.directory.write("0002_second.sql", "-- only a word\nUPDATE one SET id = id + 1;\n");
    BOOST_TEST((f.migrator(*f.db).state() == SchemaState::Behind));
    BOOST_TEST(f.migrate() == (Names{"0002_second"}), boost::test_tools::per_element());
    BOOST_TEST(f.migrate().empty());
    BOOST_TEST(f.db.number("SELECT id FROM one") == 8);
}

BOOST_DATA_TEST_CASE(a_text_for_one_database_replaces_the_general_one, backends(), backend) {
    MigrationWorld f(backend);
    f.directory.write("0001_first.sql",
                      "CREATE TABLE one (id BIGINT);\nINSERT INTO one VALUES (0);\n");
    f.directory.write("0001_first.sqlite3.sql",
                      "CREATE TABLE one (id BIGINT);\nINSERT INTO one VALUES (1);\n");
    f.directory.write("0001_first.postgresql.sql",
                      "CREATE TABLE one (id BIGINT);\nINSERT INTO one VALUES (2);\n");
    f.migrate();
    BOOST_TEST(f.db.number("SELECT id FROM one") == (f.dialect == Dialect::Sqlite ? 1 : 2));
}

BOOST_DATA_TEST_CASE(a_failing_migration_leaves_the_ones_before_it, backends(), backend) {
    MigrationWorld f(backend);
    f.directory.write("0001_first.sql", "CREATE TABLE one (id BIGINT);\n");
    f.directory.write("0002_second.sql",
                      "INSERT INTO one VALUES (1);\nINSERT INTO absent VALUES (1);\n");
    BOOST_CHECK_THROW(f.migrate(), Error);
    BOOST_TEST(f.db.number("SELECT COUNT(*) FROM one") == 0);
    BOOST_TEST((f.migrator(*f.db).state() == SchemaState::Behind));

    f.directory.write("0002_second.sql", "INSERT INTO one VALUES (1);\n");
    BOOST_TEST(f.migrate() == (Names{"0002_second"}), boost::test_tools::per_element());
}

BOOST_DATA_TEST_CASE(an_edited_migration_and_a_newer_schema_are_refused_by_name, backends(),
                     backend) {
    MigrationWorld f(backend);
    f.directory.write("0001_first.sql", "CREATE TABLE one (id BIGINT);\n");
    f.directory.write("0002_second.sql", "CREATE TABLE two (id BIGINT);\n");
    f.migrate();

    f.directory.write("0002_second.sql", "CREATE TABLE two (id BIGINT, more TEXT);\n");
    const auto edited = thrownBy([&] { f.migrate(); });
    BOOST_TEST((edited.code() == ErrorCode::Conflict));
    BOOST_TEST(edited.message().find("0002_second") != std::string::npos);

    fs::remove(f.directory.path() / "0002_second.sql");
    BOOST_TEST((f.migrator(*f.db).state() == SchemaState::Newer));
    const auto newer = thrownBy([&] { f.migrate(); });
    BOOST_TEST((newer.code() == ErrorCode::Conflict));
    BOOST_TEST(newer.message().find("newer than this program") != std::string::npos);
}

BOOST_DATA_TEST_CASE(of_starters_at_once_one_migrates_and_all_go_on, backends(), backend) {
    MigrationWorld f(backend);
    f.directory.write("0001_first.sql",
                      "CREATE TABLE one (id BIGINT);\nINSERT INTO one VALUES (1);\n");
    f.directory.write("0002_second.sql", "INSERT INTO one VALUES (2);\n");
    std::mutex mutex;
    Names applied;
    std::vector<std::jthread> starters;
    for (int i = 0; i < 5; ++i)
        starters.emplace_back([&] {
            const auto replica = f.db.another();
            const auto mine = f.migrator(*replica).run();
            const std::lock_guard lock(mutex);
            applied.insert(applied.end(), mine.begin(), mine.end());
        });
    starters.clear();  // joins
    std::sort(applied.begin(), applied.end());
    BOOST_TEST(applied == (Names{"0001_first", "0002_second"}), boost::test_tools::per_element());
    BOOST_TEST(f.db.number("SELECT COUNT(*) FROM one") == 2);
}

BOOST_AUTO_TEST_CASE(a_directory_that_cannot_be_right_is_refused_naming_the_file) {
    const auto problem = [](const MigrationDirectory& directory) {
        return thrownBy([&] { readMigrations(directory.path(), Dialect::Sqlite); }).message();
    };
    MigrationDirectory empty;
    BOOST_TEST(problem(empty).find("no migration") != std::string::npos);
    empty.write("0002_second.sql", "SELECT 1;\n");
    BOOST_TEST(problem(empty).find("0002_second.sql: number 1 is missing") != std::string::npos);
    empty.write("0001_first.sql", "SELECT 1;\n");
    empty.write("0001_again.sql", "SELECT 1;\n");
    BOOST_TEST(problem(empty).find("stands twice") != std::string::npos);
    fs::remove(empty.path() / "0001_again.sql");
    empty.write("third.sql", "SELECT 1;\n");
    BOOST_TEST(problem(empty).find("third.sql: the name must be NNNN_what.sql") !=
               std::string::npos);
    fs::remove_all(empty.path());
    BOOST_TEST(problem(empty).find("cannot be read") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_released_migrations_split_into_statements) {
    const auto migrations =
        readMigrations(postato::testing::migrationsDirectory(), Dialect::Sqlite);
    BOOST_REQUIRE(!migrations.empty());
    BOOST_TEST(migrations.front().name == "0001_initial");
    BOOST_TEST(migrations.front().statements.size() > 20u);
}

// What an installation had before there was an audit trail is the beginning of its chains.
BOOST_DATA_TEST_CASE(events_from_before_the_audit_trail_are_kept, backends(), backend) {
    MigrationWorld world(backend);
    const auto released = readMigrations(postato::testing::migrationsDirectory(), world.dialect);
    Migrator(*world.db, {released.begin(), released.begin() + 4}, world.db.clock).run();
    for (const std::string n : {"1", "2"}) {
        world.db.sql("INSERT INTO workspaces VALUES ('wks_" + n + "', 'W', 0, 0, NULL)");
        world.db.sql(
            "INSERT INTO social_accounts (id, workspace_id, platform, platform_user_id, client_id, "
            "grant_key, status, status_since, scopes_requested, scopes_granted, connected_at, "
            "created_at, updated_at) VALUES ('acc_" +
            n + "', 'wks_" + n +
            "', 'fake', 'ada', 'client', 'grant', 'connected', 0, '', '', 0, 0, 0)");
    }
    for (const std::string n : {"3", "1", "2"})
        world.db.sql("INSERT INTO account_events VALUES ('evt_" + n +
                     "', 'wks_1', 'acc_1', 'type_" + n + "', " + n + ", 'usr_1', '{}')");
    world.db.sql(
        "INSERT INTO account_events VALUES ('evt_4', 'wks_2', 'acc_2', 'type_4', 4, 'usr_2', "
        "'{}')");

    Migrator(*world.db, released, world.db.clock).run();
    const auto records =
        world.db->read([](Transaction& tx) { return AuditRepository(tx).behind("wks_1", 0, 10); });
    BOOST_REQUIRE(records.size() == 3u);
    for (std::size_t i = 0; i < records.size(); ++i) {
        BOOST_TEST(records[i].sequence == static_cast<std::int64_t>(i) + 1);
        BOOST_TEST(records[i].type == "type_" + std::to_string(i + 1));
        BOOST_TEST(records[i].hash == "imported");
    }
    const auto ends = world.db->read([](Transaction& tx) { return AuditRepository(tx).ends(); });
    BOOST_REQUIRE(ends.size() == 2u);
    BOOST_TEST(ends[0].sequence == 3);
    BOOST_TEST(ends[1].sequence == 1);
}

BOOST_AUTO_TEST_SUITE_END()
