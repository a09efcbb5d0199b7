#pragma once

/// \file
/// The paging of lists: parameters in, envelope out.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "api/problems.hpp"
#include "http/query.hpp"
#include "util/clock.hpp"

namespace postato::api {

/// The place after one item of a list that is sorted by time and id. Opaque to clients. It names no
/// workspace, so one from elsewhere is merely another place to begin.
struct Cursor {
    TimePoint at;
    std::string id;

    std::string encode() const;
    static std::optional<Cursor> decode(std::string_view text);
};

/// Reads values from a query string, collecting what is wrong with them.
class QueryReader {
public:
    explicit QueryReader(const http::QueryParameters& parameters) : parameters_(parameters) {}

    const std::string* text(std::string_view name) const { return parameters_.unique(name); }
    std::optional<std::int64_t> integer(const std::string& name, std::int64_t lowest,
                                        std::int64_t highest);
    /// `true` or `false`; absent is false.
    bool flag(const std::string& name);
    std::optional<Cursor> cursor();
    std::int64_t limit();

    void problem(const std::string& name, const std::string& what) { problems_.add(name, what); }
    void finish() const { problems_.throwIfAny(); }

private:
    const http::QueryParameters& parameters_;
    Problems problems_;
};

/// Where a page begins: at a cursor, or by number or offset.
struct PageQuery {
    std::int64_t limit = 25;
    std::int64_t offset = 0;
    std::optional<Cursor> cursor;
};

/// Reads `limit`, and one of `cursor`, `offset` and `page`.
PageQuery readPage(QueryReader& query);

/// `{items, limit, cursor}` with `next` or null, `page` and `offset` where the page was not asked
/// for by cursor, and `total` with `totalPages` where it was counted.
nlohmann::json pageEnvelope(const PageQuery& page, nlohmann::json items,
                            const std::optional<Cursor>& next,
                            const std::optional<std::int64_t>& total);

}  // namespace postato::api
