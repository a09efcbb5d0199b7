/// \file
/// A method and a raw path against the real route table: whatever matches is one route with clean
/// parameters, and nothing that is decoded moves a segment's border.

#include <string>

#include "api/routes.hpp"
#include "fuzz.hpp"
#include "http/message.hpp"
#include "http/routing.hpp"
#include "util/encoding.hpp"

using namespace postato;
using fuzz::require;

namespace {

/// The pattern with its parameters filled in.
std::string rebuilt(std::string_view pattern, const http::RouteMatch& match) {
    std::string path;
    while (!pattern.empty()) {
        path += fuzz::takeUntil(pattern, "{");
        if (pattern.empty()) break;
        const auto* value = match.parameter(fuzz::takeUntil(pattern, "}"));
        require(value != nullptr);
        path += percentEncode(*value);
    }
    return path;
}

void checkParameters(const http::RouteMatch& match) {
    for (const auto& [name, value] : match.parameters) {
        require(!value.empty() && value != "." && value != ".." && !fuzz::hasControl(value));
        require(value.find_first_of("/\\") == std::string::npos && isStorableText(value));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const http::RouteMatcher matcher(api::routes());
    auto text = fuzz::textOf(data, size);
    const auto method = fuzz::takeUntil(text, " ");
    const auto path = "/" + std::string(text);
    const auto match = matcher.match(method, path);
    checkParameters(match);
    if (match.status == 200) {
        const auto& route = api::routes()[match.index];
        require(route.method == method || (method == "HEAD" && route.method == "GET"));
        const auto again = matcher.match(method, rebuilt(route.pattern, match));
        require(again.index == match.index && again.parameters == match.parameters);
    } else {
        require(match.status ==
                (http::isKnownMethod(method) ? match.allow.empty() ? 404 : 405 : 501));
    }
    std::string_view allow = match.allow;
    while (!allow.empty()) require(matcher.match(fuzz::takeUntil(allow, ", "), path).status == 200);
    return 0;
}
