#pragma once

/// \file
/// Who is calling: an API key, a person signed in to the dashboard, or nobody.

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "accounts/connection_service.hpp"
#include "audit/audit_trail.hpp"
#include "persistence/identity_repository.hpp"

namespace postato::api {

/// A person and the session they act in.
struct DashboardCaller {
    persistence::User user;
    std::string session_hash;
    std::string csrf_token;

    /// Owners and super-admins of the installation reach every workspace.
    bool reachesEveryWorkspace() const {
        return user.tenant_role == "owner" || user.tenant_role == "super_admin";
    }
};

class Principal {
public:
    static Principal nobody() { return Principal(std::monostate{}); }
    explicit Principal(persistence::ApiKey key) : who_(std::move(key)) {}
    explicit Principal(DashboardCaller person) : who_(std::move(person)) {}

    /// nullptr when the caller is something else.
    const persistence::ApiKey* apiKey() const { return std::get_if<persistence::ApiKey>(&who_); }
    const DashboardCaller* person() const { return std::get_if<DashboardCaller>(&who_); }

    /// As whom the audit trail remembers the caller. Only for somebody.
    std::string actorId() const {
        if (const auto* key = apiKey()) return key->id.str();
        return std::get<DashboardCaller>(who_).user.id.str();
    }

    std::optional<accounts::SignedIn> signedIn() const {
        const auto* caller = person();
        if (caller == nullptr) return std::nullopt;
        return accounts::SignedIn{caller->user.id, caller->session_hash};
    }

private:
    explicit Principal(std::monostate nothing) : who_(nothing) {}
    std::variant<std::monostate, persistence::ApiKey, DashboardCaller> who_;
};

}  // namespace postato::api
