#include "persistence/session.hpp"

namespace postato::persistence {
namespace {

[[noreturn]] void misread(const char* problem) {
    throw Error(ErrorCode::Internal, PublicMessage{"Stored data could not be read"},
                InternalDetail{problem});
}

}  // namespace

std::optional<std::int64_t> Row::optionalInteger(std::size_t column) const {
    const auto& value = values_.at(column);
    if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
    misread("a column was read as a number and is text");
}

std::optional<std::string> Row::optionalText(std::size_t column) const {
    const auto& value = values_.at(column);
    if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    misread("a column was read as text and is a number");
}

std::optional<TimePoint> Row::optionalTime(std::size_t column) const {
    const auto value = optionalInteger(column);
    return value ? std::optional(fromMillis(*value)) : std::nullopt;
}

std::int64_t Row::integer(std::size_t column) const {
    const auto value = optionalInteger(column);
    if (!value) misread("a column was read as a value and is NULL");
    return *value;
}

const std::string& Row::text(std::size_t column) const {
    const auto* text = std::get_if<std::string>(&values_.at(column));
    if (text == nullptr) misread("a column was read as text and is not");
    return *text;
}

template <class Call>
auto Transaction::guarded(const Call& call) {
    if (doomed_)
        throw Error(ErrorCode::Internal, PublicMessage{"The change could not be stored"},
                    InternalDetail{"a statement after a failed one"});
    ++statements_;
    try {
        return call();
    } catch (...) {
        doomed_ = true;
        throw;
    }
}

std::int64_t Transaction::execute(const Statement& statement, const Parameters& parameters) {
    return guarded([&] { return session_.execute(statement, parameters); });
}

std::vector<Row> Transaction::query(const Statement& statement, const Parameters& parameters) {
    return guarded([&] { return session_.query(statement, parameters); });
}

std::optional<Row> Transaction::queryOne(const Statement& statement, const Parameters& parameters) {
    auto rows = query(statement, parameters);
    if (rows.size() > 1) misread("more rows than one");
    if (rows.empty()) return std::nullopt;
    return std::move(rows.front());
}

constexpr Statement kServerTime{
    "transaction.now", "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)", "i"};

TimePoint Transaction::now() {
    if (!now_) now_ = clock_ != nullptr ? clock_->now() : queryOne(kServerTime)->time(0);
    return *now_;
}

Dialect Transaction::dialect() const noexcept { return dialect_; }

}  // namespace postato::persistence
