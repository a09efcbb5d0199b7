#pragma once

/// \file
/// Which row of a route table a request means. The table itself, and what its rows carry besides
/// method and pattern, belongs to whoever owns the routes.
///
/// A pattern is literal segments and parameters: `/v1/workspaces/{workspaceId}/accounts`. Matching
/// looks at the raw path. Literals match only as they are spelled; a parameter is decoded once,
/// after the path was split. So nothing that is decoded can move a segment border, and whatever is
/// odd (`%2F`, `%00`, `..`, an empty segment, a trailing slash) is simply not found.

#include <algorithm>
#include <cstddef>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postato::http {

struct RoutePattern {
    std::string_view method;
    std::string_view pattern;
};

/// Usable in a static_assert beside a constexpr table.
constexpr bool isRoutePattern(std::string_view pattern) {
    if (pattern == "/") return true;
    if (!pattern.starts_with('/')) return false;
    while (!pattern.empty()) {
        pattern.remove_prefix(1);
        const auto segment = pattern.substr(0, pattern.find('/'));
        pattern.remove_prefix(segment.size());
        const bool opens = segment.starts_with('{');
        const bool closes = segment.ends_with('}');
        if (segment.empty() || opens != closes || (opens && segment.size() < 3)) return false;
        const auto inner = opens ? segment.substr(1, segment.size() - 2) : segment;
        if (inner.find_first_of("{}%?#") != std::string_view::npos) return false;
    }
    return true;
}

struct RouteMatch {
    int status = 404;       ///< 200, or why not: 404, 405, 501
    std::size_t index = 0;  ///< the row, when status is 200
    std::vector<std::pair<std::string_view, std::string>> parameters;  ///< decoded, in path order
    std::string allow;  ///< the Allow header, when status is 405

    /// The value of a path parameter; nullptr when the pattern has none of that name.
    const std::string* parameter(std::string_view name) const;
};

/// Immutable after construction, so thread-safe. Keeps views into the table, which must outlive it.
class RouteMatcher {
public:
    /// From any range of rows that have members `method` and `pattern`. Rows are tried in order, so
    /// a literal stands before the parameter it would otherwise be taken for. Throws
    /// std::logic_error for a malformed pattern, an unknown method, HEAD, or a row that cannot be
    /// reached.
    template <std::ranges::input_range Rows>
    explicit RouteMatcher(const Rows& rows) {
        for (const auto& row : rows) add(RoutePattern{row.method, row.pattern});
    }

    /// HEAD is served by the GET row.
    RouteMatch match(std::string_view method, std::string_view raw_path) const;

private:
    struct Route {
        std::string_view method;
        std::vector<std::string_view> segments;
    };
    void add(const RoutePattern& row);

    std::vector<Route> routes_;
};

}  // namespace postato::http
