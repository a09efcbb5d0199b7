#pragma once

/// \file
/// A session of its own for the migrator: no time limits, an exclusive lock on SQLite. Private to
/// this folder.

#include <memory>

#include "persistence/session.hpp"

namespace postato::persistence {

class Database::ScriptSession {
public:
    explicit ScriptSession(std::unique_ptr<Session> session) : session_(std::move(session)) {}
    Session& operator*() { return *session_; }
    Session* operator->() { return session_.get(); }

private:
    std::unique_ptr<Session> session_;
};

}  // namespace postato::persistence
