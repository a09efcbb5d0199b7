#include "http/routing.hpp"

#include <optional>
#include <stdexcept>

#include "http/message.hpp"
#include "util/encoding.hpp"

namespace postato::http {
namespace {

using Segments = std::vector<std::string_view>;

bool isParameter(std::string_view segment) { return segment.starts_with('{'); }

std::string_view parameterName(std::string_view segment) {
    return segment.substr(1, segment.size() - 2);
}

/// "/a/b" is {"a", "b"}; "/" is {}; "/a/" is {"a", ""}.
Segments split(std::string_view path) {
    Segments segments;
    if (path == "/") return segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        segments.push_back(path.substr(0, path.find('/')));
        path.remove_prefix(segments.back().size());
    }
    return segments;
}

std::optional<std::string> decodeParameter(std::string_view segment) {
    auto value = percentDecode(segment, false);
    if (!value || value->empty() || *value == "." || *value == "..") return std::nullopt;
    if (value->find_first_of("/\\") != std::string::npos) return std::nullopt;
    const bool has_control = std::any_of(value->begin(), value->end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
    if (has_control || !isStorableText(*value)) return std::nullopt;
    return value;
}

bool sameShape(const Segments& pattern, const Segments& path) {
    return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(),
                      [](std::string_view expected, std::string_view given) {
                          return isParameter(expected) ? !given.empty() : expected == given;
                      });
}

}  // namespace

const std::string* RouteMatch::parameter(std::string_view name) const {
    for (const auto& [parameter_name, value] : parameters)
        if (parameter_name == name) return &value;
    return nullptr;
}

void RouteMatcher::add(const RoutePattern& row) {
    const auto named = std::string(row.method) + " " + std::string(row.pattern);
    if (!isRoutePattern(row.pattern) || !isKnownMethod(row.method) || row.method == "HEAD")
        throw std::logic_error("malformed route: " + named);
    Route route{row.method, split(row.pattern)};
    for (const auto& earlier : routes_)
        if (earlier.method == route.method && sameShape(earlier.segments, route.segments))
            throw std::logic_error("route hidden by an earlier one: " + named);
    routes_.push_back(std::move(route));
}

RouteMatch RouteMatcher::match(std::string_view method, std::string_view raw_path) const {
    RouteMatch result;
    if (!isKnownMethod(method)) {
        result.status = 501;
        return result;
    }
    const auto path = split(raw_path);
    const auto wanted = method == "HEAD" ? std::string_view("GET") : method;
    const auto allow = [&](std::string_view other) {
        if (result.allow.find(other) != std::string::npos) return;
        if (!result.allow.empty()) result.allow += ", ";
        result.allow.append(other);
        if (other == "GET") result.allow += ", HEAD";
    };
    for (std::size_t index = 0; index < routes_.size(); ++index) {
        const auto& route = routes_[index];
        if (!sameShape(route.segments, path)) continue;
        std::vector<std::pair<std::string_view, std::string>> parameters;
        bool decodes = true;
        for (std::size_t i = 0; i < path.size() && decodes; ++i) {
            if (!isParameter(route.segments[i])) continue;
            auto value = decodeParameter(path[i]);
            decodes = value.has_value();
            if (decodes) parameters.emplace_back(parameterName(route.segments[i]), *value);
        }
        if (!decodes) continue;
        if (route.method != wanted) {
            allow(route.method);
            continue;
        }
        result.status = 200;
        result.index = index;
        result.parameters = std::move(parameters);
        result.allow.clear();
        return result;
    }
    result.status = result.allow.empty() ? 404 : 405;
    return result;
}

}  // namespace postato::http
