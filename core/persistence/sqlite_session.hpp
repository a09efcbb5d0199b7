#pragma once

/// \file
/// A session on an SQLite file. Private to this folder.

#include <chrono>
#include <string>

#include "persistence/session.hpp"

namespace postato::persistence {

class SqliteSession final : public Session {
public:
    enum class Locking { Immediate = 1, Exclusive };

    /// `busy_timeout` is how long a statement waits for another writer.
    SqliteSession(std::string path, std::chrono::milliseconds busy_timeout, Locking locking,
                  bool cache_statements);
    ~SqliteSession() override { close(); }

    bool answers() override { return true; }
    void script(const char* name, const std::string& sql) override;
    /// Takes the write lock at once: a deferred BEGIN that upgrades later fails without waiting.
    void begin() override;
    void commit() override;

protected:
    std::unique_ptr<soci::session> connect() override;
    bool inTransaction() noexcept override;
    Failure read(const soci::soci_error& error) override;

private:
    const std::string path_;
    const std::chrono::milliseconds busy_timeout_;
    const Locking locking_;
};

}  // namespace postato::persistence
