#include "persistence/prepared_statement.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "util/encoding.hpp"

namespace postato::persistence {
namespace {

bool isNameCharacter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

Error bug(const std::string& detail) {
    return Error(ErrorCode::Internal, PublicMessage{"Something went wrong"},
                 InternalDetail{detail});
}

const Parameter* findParameter(const Parameters& parameters, std::string_view name) {
    const auto found = std::find_if(parameters.begin(), parameters.end(),
                                    [&](const Parameter& p) { return p.name == name; });
    return found == parameters.end() ? nullptr : &*found;
}

bool isText(const Value& value) { return std::holds_alternative<std::string>(value); }
bool isNumber(const Value& value) { return std::holds_alternative<std::int64_t>(value); }

}  // namespace

std::vector<std::string> parameterNames(std::string_view sql) {
    std::vector<std::string> names;
    bool quoted = false;
    for (std::size_t i = 0; i < sql.size(); ++i) {
        if (sql[i] == '\'') quoted = !quoted;
        if (quoted || sql[i] != ':') continue;
        if (i + 1 < sql.size() && sql[i + 1] == ':') {  // PostgreSQL's cast
            ++i;
            continue;
        }
        std::size_t end = i + 1;
        while (end < sql.size() && isNameCharacter(sql[end])) ++end;
        std::string name(sql.substr(i + 1, end - i - 1));
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
        i = end - 1;
    }
    return names;
}

PreparedStatement::PreparedStatement(soci::session& session, const Statement& statement,
                                     const Parameters& parameters, bool repeatable)
    : sql_(statement.sql), types_(statement.columns), statement_(session) {
    statement_.alloc();
    for (auto& name : parameterNames(sql_)) {
        const Parameter* given = findParameter(parameters, name);
        if (given == nullptr) throw bug(std::string(statement.name) + ": no value for :" + name);
        auto& variable = parameters_.emplace_back();
        variable.name = std::move(name);
        variable.is_text = !isNumber(given->value);
        if (variable.is_text) {
            statement_.exchange(soci::use(variable.text, variable.indicator, variable.name));
        } else {
            statement_.exchange(soci::use(variable.number, variable.indicator, variable.name));
        }
    }
    for (const char* type = statement.columns; *type != '\0'; ++type) {
        auto& column = columns_.emplace_back();
        column.is_text = *type == 't';
        if (column.is_text) {
            statement_.exchange(soci::into(column.text, column.indicator));
        } else {
            statement_.exchange(soci::into(column.number, column.indicator));
        }
    }
    statement_.prepare(
        sql_, repeatable ? soci::details::st_repeatable_query : soci::details::st_one_time_query);
    statement_.define_and_bind();
}

bool PreparedStatement::fits(const Statement& statement, const Parameters& parameters) const {
    return sql_ == statement.sql && types_ == statement.columns &&
           std::all_of(parameters_.begin(), parameters_.end(), [&](const Variable& variable) {
               const Parameter* given = findParameter(parameters, variable.name);
               return given == nullptr ||
                      !(variable.is_text ? isNumber(given->value) : isText(given->value));
           });
}

void PreparedStatement::set(const Parameters& parameters) {
    if (parameters.size() != parameters_.size())
        throw bug("parameters without a place in the text");
    for (auto& variable : parameters_) {
        const Parameter* given = findParameter(parameters, variable.name);
        if (given == nullptr) throw bug("no value for :" + variable.name);
        variable.indicator = soci::i_ok;
        if (const auto* number = std::get_if<std::int64_t>(&given->value)) {
            variable.number = *number;
        } else if (const auto* text = std::get_if<std::string>(&given->value)) {
            if (!isStorableText(*text)) {
                throw Error(ErrorCode::InvalidArgument,
                            PublicMessage{"A text holds characters that cannot be stored"},
                            InternalDetail{"not UTF-8 or with a NUL: :" + variable.name});
            }
            variable.text = *text;
        } else {
            variable.indicator = soci::i_null;
        }
    }
}

std::int64_t PreparedStatement::execute(const Parameters& parameters) {
    set(parameters);
    statement_.execute(true);
    return statement_.get_affected_rows();
}

std::vector<Row> PreparedStatement::query(const Parameters& parameters) {
    if (columns_.empty()) throw bug("a query without columns");
    set(parameters);
    std::vector<Row> rows;
    for (bool got = statement_.execute(true); got; got = statement_.fetch()) {
        rows.push_back(takeRow());
    }
    return rows;
}

Row PreparedStatement::takeRow() {
    std::vector<Value> values;
    values.reserve(columns_.size());
    for (auto& column : columns_) {
        if (column.indicator == soci::i_null) {
            values.emplace_back();
        } else if (column.is_text) {
            values.emplace_back(std::exchange(column.text, {}));
        } else {
            values.emplace_back(std::int64_t{column.number});
        }
        column.number = 0;
    }
    return Row(std::move(values));
}

}  // namespace postato::persistence
