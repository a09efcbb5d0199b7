#include "persistence/database.hpp"
#include "persistence/session.hpp"

namespace postato::persistence {
namespace {

Error bug(std::string detail) {
    return Error(ErrorCode::Internal, PublicMessage{"Something went wrong"},
                 InternalDetail{std::move(detail)});
}

}  // namespace

std::int64_t Row::integer(std::size_t column) const {
    if (const auto number = optionalInteger(column)) return *number;
    throw bug("a NULL was read as a number");
}

const std::string& Row::text(std::size_t column) const {
    if (const auto* text = std::get_if<std::string>(&values_.at(column))) return *text;
    throw bug("a NULL or a number was read as a text");
}

std::optional<std::int64_t> Row::optionalInteger(std::size_t column) const {
    const auto& value = values_.at(column);
    if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
    throw bug("a text was read as a number");
}

std::optional<std::string> Row::optionalText(std::size_t column) const {
    if (std::holds_alternative<std::monostate>(values_.at(column))) return std::nullopt;
    return text(column);
}

std::optional<TimePoint> Row::optionalTime(std::size_t column) const {
    const auto ms = optionalInteger(column);
    return ms ? std::optional(fromMillis(*ms)) : std::nullopt;
}

template <class Call>
auto Transaction::guarded(Call call) {
    if (doomed_) throw bug("a statement after one that failed in the same transaction");
    try {
        ++statements_run_;
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
    if (rows.empty()) return std::nullopt;
    if (rows.size() > 1) {
        doomed_ = true;
        throw bug(std::string(statement.name) + ": more than one row");
    }
    return std::move(rows.front());
}

constexpr Statement kNow{
    "transaction.now", "SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)",
    "i"};

TimePoint Transaction::now() {
    if (!now_) now_ = clock_ != nullptr ? clock_->now() : queryOne(kNow)->time(0);
    return *now_;
}

void Transaction::beforeCommit(std::string place, std::function<void(Transaction&)> work) {
    endings_.emplace(std::move(place), std::move(work));
}

Dialect Transaction::dialect() const noexcept { return dialect_; }

}  // namespace postato::persistence
