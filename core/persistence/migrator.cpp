#include "persistence/migrator.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "persistence/script_session.hpp"

namespace postato::persistence {
namespace {

namespace fs = std::filesystem;

/// Any number that no other user of advisory locks in the same database is likely to take.
constexpr const char* kLock = "SELECT pg_advisory_lock(7305800412)";
constexpr const char* kUnlock = "SELECT pg_advisory_unlock(7305800412)";

constexpr const char* kCreateTable =
    "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, "
    "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";
constexpr Statement kApplied{"migrations.applied",
                             "SELECT version, name, checksum FROM schema_migrations "
                             "ORDER BY version",
                             "itt"};
constexpr Statement kRecord{"migrations.record",
                            "INSERT INTO schema_migrations (version, name, checksum, applied_at) "
                            "VALUES (:version, :name, :checksum, :at)"};
constexpr Statement kTableSqlite{
    "migrations.table",
    "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'", "i"};
constexpr Statement kTablePostgresql{
    "migrations.table",
    "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() "
    "AND table_name = 'schema_migrations'",
    "i"};

[[noreturn]] void refuse(const fs::path& file, const std::string& problem) {
    throw Error(ErrorCode::InvalidArgument,
                PublicMessage{"Migration " + file.string() + ": " + problem});
}

std::string readFile(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) refuse(file, "cannot be read");
    return text.str();
}

/// FNV-1a, 64 bits: it notices an edit, it does not defend against an attacker.
std::string checksumOf(const std::string& text) {
    std::uint64_t hash = 14695981039346656037ull;
    for (const unsigned char c : text) hash = (hash ^ c) * 1099511628211ull;
    std::ostringstream hex;
    hex << std::hex << hash;
    return hex.str();
}

bool isBlank(const std::string& statement) {
    std::istringstream lines(statement);
    for (std::string line; std::getline(lines, line);) {
        const auto first = line.find_first_not_of(" \t\r");
        if (first != std::string::npos && line.compare(first, 2, "--") != 0) return false;
    }
    return true;
}

/// SQLite runs only the first statement of a text, so each ends at a ';' that ends its line.
std::vector<std::string> splitStatements(const std::string& text) {
    std::vector<std::string> statements;
    std::istringstream lines(text);
    std::string statement;
    for (std::string line; std::getline(lines, line);) {
        statement += line + "\n";
        if (!line.ends_with(';')) continue;
        statements.push_back(statement);
        statement.clear();
    }
    if (!isBlank(statement)) statements.push_back(statement);
    return statements;
}

struct Applied {
    std::string name;
    std::string checksum;
};

std::map<std::int64_t, Applied> appliedOn(Session& session) {
    std::map<std::int64_t, Applied> applied;
    for (const auto& row : session.query(kApplied, {}))
        applied[row.integer(0)] = {row.text(1), row.text(2)};
    return applied;
}

/// What was applied must be what this program carries, no more and unedited.
void compare(const std::map<std::int64_t, Applied>& applied,
             const std::vector<Migration>& migrations) {
    for (const auto& [version, was] : applied) {
        const auto known =
            std::find_if(migrations.begin(), migrations.end(),
                         [v = version](const Migration& m) { return m.version == v; });
        if (known == migrations.end())
            throw Error(ErrorCode::Conflict,
                        PublicMessage{"The database's schema is newer than this program: it has "
                                      "migration " +
                                      was.name});
        if (known->checksum != was.checksum)
            throw Error(ErrorCode::Conflict,
                        PublicMessage{"Migration " + was.name +
                                      " was applied in another form: released migrations are "
                                      "never edited"});
    }
}

}  // namespace

std::vector<Migration> readMigrations(const fs::path& directory, Dialect dialect) {
    const std::string ours = dialect == Dialect::Sqlite ? ".sqlite3" : ".postgresql";
    const std::string theirs = dialect == Dialect::Sqlite ? ".postgresql" : ".sqlite3";
    std::error_code error;
    std::map<std::string, fs::path> chosen;  // by name without the dialect
    for (const auto& item : fs::directory_iterator(directory, error)) {
        if (item.path().extension() != ".sql") continue;
        std::string name = item.path().stem().string();
        if (name.ends_with(theirs)) continue;
        const bool special = name.ends_with(ours);
        if (special) name.resize(name.size() - ours.size());
        if (special || !chosen.contains(name)) chosen[name] = item.path();
    }
    if (error) refuse(directory, "the directory cannot be read");
    std::vector<Migration> migrations;
    for (const auto& [name, file] : chosen) {
        const auto expected = static_cast<std::int64_t>(migrations.size()) + 1;
        if (name.size() < 6 || name.find_first_not_of("0123456789") != 4 || name[4] != '_')
            refuse(file, "the name must be NNNN_what.sql");
        if (std::stoll(name.substr(0, 4)) != expected)
            refuse(file, "number " + std::to_string(expected) + " is missing or stands twice");
        const auto text = readFile(file);
        migrations.push_back({expected, name, checksumOf(text), splitStatements(text)});
    }
    if (migrations.empty()) refuse(directory, "there is no migration in the directory");
    return migrations;
}

Migrator::Migrator(Database& database, std::vector<Migration> migrations, const Clock& clock)
    : database_(database), migrations_(std::move(migrations)), clock_(clock) {}

std::vector<std::string> Migrator::run() {
    auto held = database_.openScriptSession();
    Session& session = **held;
    const bool server = database_.dialect() == Dialect::Postgresql;
    if (server) session.script("migrations.lock", kLock);
    std::vector<std::string> done;
    for (const auto& migration : migrations_) {
        // On SQLite this is the lock, so another starter may have come first in between.
        session.begin();
        session.script("migrations.create_table", kCreateTable);
        const auto applied = appliedOn(session);
        compare(applied, migrations_);
        if (!applied.contains(migration.version)) {
            for (const auto& statement : migration.statements)
                session.script(migration.name.c_str(), statement);
            session.execute(kRecord,
                            {arg("version", migration.version), arg("name", migration.name),
                             arg("checksum", migration.checksum), arg("at", clock_.now())});
            done.push_back(migration.name);
        }
        session.commit();
    }
    if (server) session.script("migrations.unlock", kUnlock);
    return done;
}

SchemaState Migrator::state() {
    return database_.read([&](Transaction& tx) {
        const auto& table = tx.dialect() == Dialect::Sqlite ? kTableSqlite : kTablePostgresql;
        if (tx.queryOne(table)->integer(0) == 0) return SchemaState::Empty;
        const auto applied = tx.query(kApplied);
        if (applied.empty()) return SchemaState::Empty;
        const auto newest = applied.back().integer(0);
        const auto known = migrations_.back().version;
        if (newest > known) return SchemaState::Newer;
        return newest == known ? SchemaState::Current : SchemaState::Behind;
    });
}

}  // namespace postato::persistence
