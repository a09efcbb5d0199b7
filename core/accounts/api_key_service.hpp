#pragma once

/// \file
/// API keys: `smcp_` and 64 hex digits, kept as SHA-256, shown once.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/audit_trail.hpp"
#include "persistence/database.hpp"
#include "persistence/identity_repository.hpp"
#include "postato/sdk/secret.hpp"
#include "util/random.hpp"

namespace postato::accounts {

struct NewApiKey {
    std::string name;
    bool all_workspaces = false;
    std::vector<WorkspaceId> workspaces;
    std::vector<std::string> permissions;
    std::optional<std::chrono::seconds> expires_in;
};

struct MadeApiKey {
    sdk::Secret key;
    persistence::ApiKey record;
};

/// Every permission a key can hold, in the order they are shown.
const std::vector<std::string>& knownPermissions();

/// Thread-safe.
class ApiKeyService {
public:
    ApiKeyService(persistence::Database& database, Random& random)
        : database_(database), random_(random) {}

    /// Throws Error{InvalidArgument} for an unknown permission or workspace, or no workspace at
    /// all.
    MadeApiKey create(const NewApiKey& request, const audit::Actor& actor);
    /// The key's record, or nothing when it is malformed (without a query), unknown, revoked or
    /// expired.
    std::optional<persistence::ApiKey> authenticate(std::string_view presented);
    std::vector<persistence::ApiKey> list();
    bool revoke(const ApiKeyId& id, const audit::Actor& actor);

private:
    persistence::Database& database_;
    Random& random_;
};

}  // namespace postato::accounts
