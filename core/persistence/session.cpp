#include "persistence/session.hpp"

namespace postato::persistence {

void Session::open() {
    close();
    try {
        soci_ = connect();
    } catch (const soci::soci_error& error) {
        fail(read(error), "connect");
    }
}

void Session::close() noexcept {
    if (!soci_) return;
    sever();
    statements_.clear();
    soci_.reset();
}

void Session::fail(const Failure& failure, std::string_view statement) {
    failure_ = failure.kind;
    throw toError(failure, statement);
}

template <class Use>
auto Session::with(const Statement& statement, const Parameters& parameters, Use use) {
    if (!soci_) fail({FailureKind::Lost, "closed", {}}, statement.name);
    const auto watched = watch();
    try {
        if (!cache_statements_) {
            PreparedStatement once(*soci_, statement, parameters, false);
            return use(once);
        }
        auto& prepared = statements_[&statement];
        if (!prepared || !prepared->fits(statement, parameters)) {
            prepared.reset();
            prepared = std::make_unique<PreparedStatement>(*soci_, statement, parameters, true);
        }
        return use(*prepared);
    } catch (const soci::soci_error& error) {
        failed_ = &statement;
        fail(read(error), statement.name);
    } catch (const Error&) {
        failure_ = FailureKind::Bug;
        throw;
    }
}

std::int64_t Session::execute(const Statement& statement, const Parameters& parameters) {
    return with(statement, parameters,
                [&](PreparedStatement& prepared) { return prepared.execute(parameters); });
}

std::vector<Row> Session::query(const Statement& statement, const Parameters& parameters) {
    return with(statement, parameters,
                [&](PreparedStatement& prepared) { return prepared.query(parameters); });
}

void Session::recycle() noexcept {
    const auto failure = std::exchange(failure_, std::nullopt);
    const auto* statement = std::exchange(failed_, nullptr);
    const bool harmless = !failure || *failure == FailureKind::Constraint ||
                          *failure == FailureKind::Retryable || *failure == FailureKind::Bug;
    if (!harmless) return close();
    try {
        if (soci_ && inTransaction()) script("rollback", "ROLLBACK");
        // Used again, SOCI would lose the buffers that it filled for the call that failed. Only now,
        // since a failed transaction lets nothing be deallocated.
        statements_.erase(statement);
    } catch (const std::exception&) {
        failure_.reset();
        close();  // ends the transaction too; the next user gets a fresh connection
    }
}

}  // namespace postato::persistence
