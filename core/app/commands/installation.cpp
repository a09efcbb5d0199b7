#include "app/commands/installation.hpp"

#include <pwd.h>
#include <unistd.h>

#include "app/database_setup.hpp"
#include "util/error.hpp"
#include "util/host_name.hpp"

namespace postato::app {

audit::Actor operatorHere() {
    const auto* user = ::getpwuid(::getuid());
    const std::string name = user != nullptr ? user->pw_name : std::to_string(::getuid());
    return {"operator", name + "@" + hostName()};
}

std::filesystem::path configFile(const Arguments& arguments) {
    return arguments.value("config").value_or(kDefaultConfigFile);
}

Installation::Installation(const Arguments& arguments)
    : config(loadConfig(configFile(arguments), processEnvironment())),
      database(openDatabase(config, clock)) {}

persistence::Workspace Installation::workspace(const std::string& id) {
    const auto parsed = WorkspaceId::parse(id);
    const auto found = parsed ? database->read([&](persistence::Transaction& tx) {
        return persistence::WorkspaceRepository(tx).find(*parsed);
    })
                              : std::nullopt;
    if (!found)
        throw Error(ErrorCode::InvalidArgument, PublicMessage{"There is no workspace " + id +
                                                              "; see `postato workspace list`"});
    return *found;
}

}  // namespace postato::app
