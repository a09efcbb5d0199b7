#include "app/database_setup.hpp"

#include "util/error.hpp"

namespace postato::app {

using persistence::SchemaState;

std::unique_ptr<persistence::Database> makeDatabase(const Config& config, const Clock& clock,
                                                    std::size_t sessions) {
    persistence::DatabaseOptions options;
    options.url = config.database.url;
    options.pool = sessions > 0 ? sessions : config.database.pool;
    options.cache_statements = config.database.cache_statements;
    return std::make_unique<persistence::Database>(std::move(options), clock);
}

persistence::Migrator makeMigrator(const Config& config, persistence::Database& database,
                                   const Clock& clock) {
    return persistence::Migrator(
        database,
        persistence::readMigrations(config.database.migrations_directory, database.dialect()),
        clock);
}

void makeStateDirectory(const Config& config) {
    const auto& directory = config.server.state_directory;
    std::error_code error;
    std::filesystem::create_directories(directory, error);  // its mode is the umask's, see main
    if (error)
        throw Error(ErrorCode::Unavailable,
                    PublicMessage{directory.string() + " cannot be made: " + error.message()});
}

std::unique_ptr<ProcessLock> lockDatabase(const Config& config) {
    const auto file = sqliteFile(config.database.url);
    if (!file) return nullptr;
    // The same file by another spelling or behind a link is the same database.
    std::error_code unknown;
    auto lock = std::filesystem::weakly_canonical(*file, unknown);
    if (unknown) lock = *file;
    lock += ".lock";
    return std::make_unique<ProcessLock>(lock);
}

void refuseNewerSchema(SchemaState state) {
    if (state == SchemaState::Newer)
        throw Error(
            ErrorCode::Conflict,
            PublicMessage{"The database was set up by a newer version of Postato; start that "
                          "version, or restore a backup made with this one"});
}

std::unique_ptr<persistence::Database> openDatabase(const Config& config, const Clock& clock) {
    auto database = makeDatabase(config, clock);
    const auto state = makeMigrator(config, *database, clock).state();
    refuseNewerSchema(state);
    if (state != SchemaState::Current)
        throw Error(
            ErrorCode::Conflict,
            PublicMessage{"The database is not set up for this version; run `postato migrate`"});
    return database;
}

}  // namespace postato::app
