#pragma once

/// \file
/// A session on a PostgreSQL server. Private to this folder.

#include <chrono>
#include <optional>
#include <string>

#include "persistence/session.hpp"
#include "util/watchdog.hpp"

namespace postato::persistence {

/// Bounds the wait for a server that has stopped answering without closing the connection: paused,
/// or behind a network that swallows everything. The server's own limits do not run then.
struct SilenceLimit {
    Watchdog* watchdog;
    std::chrono::milliseconds limit;
};

class PostgresqlSession final : public Session {
public:
    /// Without a silence limit nothing bounds the wait, as a migration needs it.
    PostgresqlSession(std::string conninfo, std::chrono::milliseconds connect_timeout,
                      std::optional<SilenceLimit> silence, bool cache_statements);
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
    const std::optional<SilenceLimit> silence_;
    std::chrono::steady_clock::time_point last_answer_;
};

}  // namespace postato::persistence
