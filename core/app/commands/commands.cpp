#include "app/commands/commands.hpp"

namespace postato::app {

std::vector<Command> allCommands() {
    return {serveCommand(),           migrateCommand(),       doctorCommand(),
            keyInitCommand(),         keyRotateCommand(),     keyRewrapCommand(),
            keyStatusCommand(),       keyVerifyCommand(),     keyRetireCommand(),
            workspaceCreateCommand(), workspaceListCommand(), userCreateCommand(),
            userPasswordCommand(),    userLoginLinkCommand(), apiKeyCreateCommand(),
            apiKeyListCommand(),      apiKeyRevokeCommand(),  auditListCommand(),
            auditVerifyCommand(),     pluginCheckCommand(),   pluginListCommand(),
            versionCommand()};
}

}  // namespace postato::app
