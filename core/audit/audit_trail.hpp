#pragma once

/// \file
/// The audit trail: who did what, from where, and with which result, written in the transaction
/// that did it. No record, no act; no act, no record.
///
/// A record's hash is SHA-256 over the hash of the record before it in its chain and its own
/// fields, each with its length in front. Whoever changes a record, takes one out, puts one in or
/// cuts some off has to make every later hash of the chain anew, and is then found by anybody who
/// kept the end of the chain (audit_verification.hpp). Each workspace has a chain of its own, so
/// that workspaces do not wait for each other.

#include <optional>
#include <string>

#include "persistence/audit_repository.hpp"
#include "util/random.hpp"

namespace postato::audit {

/// Who acts, and from where.
struct Actor {
    std::string id;      ///< a user, API key or connect link, `operator`, `nobody`, or `system`
    std::string origin;  ///< the caller's network, the operator's terminal; empty for the service
    static Actor system() { return {"system", {}}; }
};

struct Act {
    std::string type;  ///< what, in the past tense: `account.disconnected`
    Actor actor;
    std::string data = "{}";                ///< a JSON object without secrets and personal data
    std::optional<AccountId> account = {};  ///< of the workspace
};

/// The chain of what concerns no single workspace.
inline constexpr const char* kInstallationChain = "installation";

/// Records an act in the workspace's chain, at the end of the transaction: it waits for others who
/// write to the same chain, and holds nothing that others wait for longer than its commit takes.
/// A trail that cannot be written fails the transaction with Error{Unavailable}.
void record(persistence::Transaction& tx, const WorkspaceId& workspace, Act act, Random& random);

/// The same for the installation: people, API keys, data keys.
void record(persistence::Transaction& tx, Act act, Random& random);

/// The hash of a record that follows one with the hash `before`; `record.hash` is not looked at.
std::string link(const std::string& before, const persistence::AuditRecord& record);

}  // namespace postato::audit
