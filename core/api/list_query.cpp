#include "api/list_query.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "util/encoding.hpp"
#include "util/json.hpp"

namespace postato::api {
namespace {

constexpr std::int64_t kDefaultLimit = 25;
constexpr std::int64_t kHighestLimit = 100;
constexpr std::int64_t kHighestOffset = 1'000'000'000;
constexpr std::int64_t kHighestPage = kHighestOffset / kHighestLimit;
constexpr std::int64_t kLatestTime = 253'402'300'799'999;  // the year 9999
constexpr std::size_t kLongestCursor = 256;
constexpr std::size_t kLongestId = 64;

}  // namespace

std::string Cursor::encode() const {
    return toBase64Url(dumpJson({{"id", id}, {"t", toMillis(at)}}));
}

std::optional<Cursor> Cursor::decode(std::string_view text) {
    if (text.size() > kLongestCursor) return std::nullopt;
    const auto plain = fromBase64Url(text);
    if (!plain) return std::nullopt;
    try {
        const auto value = parseJson(*plain, {.depth = 1, .nodes = 8});
        if (!value.is_object() || value.size() != 2 || !value.contains("id") ||
            !value.contains("t") || !value["id"].is_string() || !value["t"].is_number_integer())
            return std::nullopt;
        const auto at = value["t"].get<std::int64_t>();
        auto id = value["id"].get<std::string>();
        if (at < 0 || at > kLatestTime || id.empty() || id.size() > kLongestId) return std::nullopt;
        return Cursor{fromMillis(at), std::move(id)};
    } catch (const Error&) {
        return std::nullopt;  // not JSON: as wrong as any other text
    }
}

std::optional<std::int64_t> QueryReader::integer(const std::string& name, std::int64_t lowest,
                                                 std::int64_t highest) {
    const auto* value = text(name);
    if (value == nullptr) return std::nullopt;
    std::int64_t number = 0;
    const auto* end = value->data() + value->size();
    const auto [stop, error] = std::from_chars(value->data(), end, number);
    if (error != std::errc() || stop != end || number < lowest || number > highest) {
        problem(name,
                "Must be between " + std::to_string(lowest) + " and " + std::to_string(highest));
        return std::nullopt;
    }
    return number;
}

bool QueryReader::flag(const std::string& name) {
    const auto* value = text(name);
    if (value == nullptr || *value == "false") return false;
    if (*value != "true") problem(name, "Must be true or false");
    return *value == "true";
}

std::optional<Cursor> QueryReader::cursor() {
    const auto* value = text("cursor");
    if (value == nullptr) return std::nullopt;
    auto cursor = Cursor::decode(*value);
    if (!cursor) problem("cursor", "Is not one that this list gave out");
    return cursor;
}

std::int64_t QueryReader::limit() {
    return integer("limit", 1, kHighestLimit).value_or(kDefaultLimit);
}

PageQuery readPage(QueryReader& query) {
    PageQuery page;
    page.limit = query.limit();
    page.cursor = query.cursor();
    const auto number = query.integer("page", 1, kHighestPage);
    const auto offset = query.integer("offset", 0, kHighestOffset);
    if ((query.text("cursor") != nullptr) + number.has_value() + offset.has_value() > 1)
        query.problem("cursor", "Only one of cursor, page and offset can be given");
    page.offset = offset.value_or((number.value_or(1) - 1) * page.limit);
    return page;
}

nlohmann::json pageEnvelope(const PageQuery& page, nlohmann::json items,
                            const std::optional<Cursor>& next,
                            const std::optional<std::int64_t>& total) {
    nlohmann::json envelope = {{"items", std::move(items)}, {"limit", page.limit}};
    envelope["cursor"] = next ? nlohmann::json(next->encode()) : nlohmann::json(nullptr);
    if (!page.cursor) {
        envelope["offset"] = page.offset;
        envelope["page"] = page.offset / page.limit + 1;
    }
    if (total) {
        envelope["total"] = *total;
        envelope["totalPages"] = (*total + page.limit - 1) / page.limit;
    }
    return envelope;
}

}  // namespace postato::api
