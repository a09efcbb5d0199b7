#pragma once

/// \file
/// A session on a PostgreSQL server. Private to this folder.

#include <chrono>
#include <string>

#include "persistence/session.hpp"
#include "persistence/watchdog.hpp"

namespace postato::persistence {

class PostgresqlSession final : public Session {
public:
    /// `watchdog` may be null: nothing bounds the wait then, as a migration needs it.
    PostgresqlSession(std::string conninfo, std::chrono::milliseconds connect_timeout,
                      Watchdog* watchdog, bool cache_statements);
    ~PostgresqlSession() override { close(); }

    bool answers() override;
    void script(const char* name, const std::string& sql) override;
    void begin() override;
    void commit() override;

protected:
    std::unique_ptr<soci::session> connect() override;
    bool inTransaction() noexcept override;
    void sever() noexcept override;
    Failure read(const soci::soci_error& error) override;
    std::shared_ptr<void> watch() override;

private:
    const std::string conninfo_;
    const std::chrono::milliseconds connect_timeout_;
    Watchdog* const watchdog_;
    std::chrono::steady_clock::time_point last_answer_;
};

}  // namespace postato::persistence
