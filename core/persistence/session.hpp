#pragma once

/// \file
/// A connection to the database with the statements prepared on it: a slot of the pool. Includes
/// SOCI; private to this folder.

#include <soci/soci.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "persistence/database.hpp"
#include "persistence/failure.hpp"
#include "persistence/prepared_statement.hpp"

namespace postato::persistence {

/// Not thread-safe: one user at a time. Functions throw postato::Error, never a driver's error.
class Session {
public:
    virtual ~Session() = default;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    bool connected() const noexcept { return soci_ != nullptr; }
    /// Connects anew. Throws Error{Unavailable}.
    void open();
    /// Forgets the statements and then the connection; the other way round SOCI crashes.
    void close() noexcept;
    /// Whether the connection is still good; asks the server when it was not used for a while.
    virtual bool answers() = 0;

    std::int64_t execute(const Statement& statement, const Parameters& parameters);
    std::vector<Row> query(const Statement& statement, const Parameters& parameters);
    /// Runs one statement given as text; `name` stands for it in errors.
    virtual void script(const char* name, const std::string& sql) = 0;

    virtual void begin() = 0;
    /// Throws Error{Unavailable} whose detail begins with kCommitUnknown when the answer was lost.
    virtual void commit() = 0;
    /// Makes the session fit for its next user: no transaction, no failure. It is closed when its
    /// last failure leaves that in doubt.
    void recycle() noexcept;

    /// Why the last failing call failed.
    std::optional<FailureKind> failure() const noexcept { return failure_; }

protected:
    explicit Session(bool cache_statements) : cache_statements_(cache_statements) {}

    /// Records and throws.
    [[noreturn]] void fail(const Failure& failure, std::string_view statement);

    virtual std::unique_ptr<soci::session> connect() = 0;
    virtual bool inTransaction() noexcept = 0;
    /// Cuts the connection, so that closing it waits for no answer.
    virtual void sever() noexcept {}
    virtual Failure read(const soci::soci_error& error) = 0;
    /// Held while the server works.
    virtual std::shared_ptr<void> watch() { return nullptr; }

    std::unique_ptr<soci::session> soci_;

private:
    template <class Use>
    auto with(const Statement& statement, const Parameters& parameters, Use use);

    bool cache_statements_;
    std::optional<FailureKind> failure_;
    const Statement* failed_ = nullptr;  ///< to be prepared anew
    std::unordered_map<const Statement*, std::unique_ptr<PreparedStatement>> statements_;
};

}  // namespace postato::persistence
