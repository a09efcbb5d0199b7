#pragma once

/// \file
/// Every command of `postato`, one file each.

#include <vector>

#include "app/command_line.hpp"

namespace postato::app {

Command serveCommand();
Command migrateCommand();
Command doctorCommand();
Command keyInitCommand();
Command keyRotateCommand();
Command keyRewrapCommand();
Command keyStatusCommand();
Command keyVerifyCommand();
Command keyRetireCommand();
Command workspaceCreateCommand();
Command workspaceListCommand();
Command userCreateCommand();
Command userPasswordCommand();
Command userLoginLinkCommand();
Command apiKeyCreateCommand();
Command apiKeyListCommand();
Command apiKeyRevokeCommand();
Command auditListCommand();
Command auditVerifyCommand();
Command pluginCheckCommand();
Command pluginListCommand();
Command versionCommand();

/// In the order of the overview.
std::vector<Command> allCommands();

}  // namespace postato::app
