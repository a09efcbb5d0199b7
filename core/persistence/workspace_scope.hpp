#pragma once

/// \file
/// The right to see one workspace, as a type: a query without it does not compile.

#include <utility>

#include "util/ids.hpp"

namespace postato::api {
class WorkspaceGate;
}

namespace postato::persistence {

/// Names the one workspace that a repository function may touch. Only two can make one: the gate
/// that has just checked the caller's right to the workspace, and a repository that read or claimed
/// a row, for that row's own workspace.
class WorkspaceScope {
public:
    const WorkspaceId& id() const noexcept { return id_; }

private:
    friend class ::postato::api::WorkspaceGate;
    friend class RowScope;
    friend struct TestWorkspaceScope;
    explicit WorkspaceScope(WorkspaceId id) : id_(std::move(id)) {}

    WorkspaceId id_;
};

/// Makes the scope of a row's own workspace. For repositories only.
class RowScope {
    friend class AccountRepository;
    friend class ConnectionRepository;
    friend class ConnectLinkRepository;
    friend class TokenRepository;
    friend class RevocationRepository;
    friend class SealedRowRepository;
    static WorkspaceScope of(const WorkspaceId& id) { return WorkspaceScope(id); }
};

}  // namespace postato::persistence
