#pragma once

/// \file
/// What commands that work on an installation share: its configuration and its database.

#include <filesystem>
#include <memory>

#include "app/command_line.hpp"
#include "app/config.hpp"
#include "audit/audit_trail.hpp"
#include "crypto/system_random.hpp"
#include "persistence/database.hpp"
#include "persistence/workspace_repository.hpp"
#include "util/clock.hpp"

namespace postato::app {

/// Whoever types the command, as the audit trail remembers them: the system's user and host.
audit::Actor operatorHere();

/// `--config`, or the default place.
std::filesystem::path configFile(const Arguments& arguments);

/// Opened beside a running service: takes no lock, changes no schema.
struct Installation {
    /// Throws ConfigError, or Error when the database cannot be used.
    explicit Installation(const Arguments& arguments);

    /// The live workspace; throws Error{InvalidArgument} that names the id.
    persistence::Workspace workspace(const std::string& id);

    Config config;
    SystemClock clock;
    crypto::SystemRandom random;
    std::unique_ptr<persistence::Database> database;
};

}  // namespace postato::app
