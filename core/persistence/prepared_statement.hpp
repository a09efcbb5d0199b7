#pragma once

/// \file
/// One statement prepared on one session, with the variables it is bound to. Includes SOCI; private
/// to this folder.

#include <soci/soci.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace postato::persistence {

/// SOCI binds by reference and keeps the references for as long as the statement lives, so the
/// variables live here, beside it; the object cannot be moved.
class PreparedStatement {
public:
    /// Prepares on `session`, which must outlive it. `repeatable`: prepared on the server.
    /// SOCI fixes a variable's type when it is bound; a NULL fits either type.
    PreparedStatement(soci::session& session, const Statement& statement,
                      const Parameters& parameters, bool repeatable);

    PreparedStatement(const PreparedStatement&) = delete;
    PreparedStatement& operator=(const PreparedStatement&) = delete;

    /// False when it was prepared for another text, or for other types of columns or parameters.
    bool fits(const Statement& statement, const Parameters& parameters) const;

    /// Binds and runs. Throws Error{Internal} when the parameters are not exactly those of the
    /// text: SQLite would take a missing one for NULL.
    std::int64_t execute(const Parameters& parameters);
    /// Reads every row, since a select left half-read holds its snapshot on SQLite.
    std::vector<Row> query(const Parameters& parameters);

private:
    struct Variable {
        std::string name;
        bool is_text = false;
        std::string text;
        long long number = 0;  // NOLINT(google-runtime-int): the type that SOCI exchanges
        soci::indicator indicator = soci::i_null;
    };

    void set(const Parameters& parameters);
    Row takeRow();

    const std::string sql_;
    const std::string types_;
    std::deque<Variable> parameters_;  // deques: addresses stay while they grow
    std::deque<Variable> columns_;
    soci::statement statement_;
};

/// The names of the parameters in a text, each once, in order of appearance.
std::vector<std::string> parameterNames(std::string_view sql);

}  // namespace postato::persistence
