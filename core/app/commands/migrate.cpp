#include <nlohmann/json.hpp>

#include "app/commands/commands.hpp"
#include "app/commands/installation.hpp"
#include "app/database_setup.hpp"

namespace postato::app {
namespace {

int migrate(const Arguments& arguments) {
    const auto config = loadConfig(configFile(arguments), processEnvironment());
    const SystemClock clock;
    makeStateDirectory(config);
    const auto lock = lockDatabase(config);
    const auto database = makeDatabase(config, clock);
    const auto applied = makeMigrator(config, *database, clock).run();

    std::string text = applied.empty() ? "The schema is up to date." : "Applied:";
    for (const auto& name : applied) text += "\n  " + name;
    arguments.print(text, {{"applied", applied}});
    return 0;
}

}  // namespace

Command migrateCommand() {
    return {
        "migrate", "Bring the database's schema up to date (serve does so too)", "", {}, migrate};
}

}  // namespace postato::app
