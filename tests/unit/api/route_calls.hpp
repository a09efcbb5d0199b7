#pragma once

/// \file
/// A valid call of any route, made from its row in the table. A route with a parameter or a body
/// that is not known here fails the tests that walk the table, so that nobody can forget it.

#include <stdexcept>
#include <string>

#include "api/route.hpp"

namespace postato::api::testing {

struct PathValues {
    std::string workspace;
    std::string account;
    std::string platform = "fakebook";
    std::string secret = std::string(43, 'A');
    std::string file = "postato.css";
};

inline std::string pathOf(const Route& route, const PathValues& values) {
    std::string path(route.pattern);
    const std::pair<const char*, const std::string&> parameters[] = {
        {"{workspaceId}", values.workspace},
        {"{accountId}", values.account},
        {"{platform}", values.platform},
        {"{secret}", values.secret},
        {"{file}", values.file}};
    for (const auto& [name, value] : parameters)
        if (const auto at = path.find(name); at != std::string::npos)
            path.replace(at, std::string(name).size(), value);
    if (path.find('{') != std::string::npos)
        throw std::logic_error("teach route_calls.hpp the parameters of " + path);
    return path;
}

/// JSON that the route accepts; empty where it takes none.
inline std::string bodyOf(const Route& route, const PathValues& values) {
    const auto is = [&](std::string_view method, std::string_view end) {
        return route.method == method && route.pattern.ends_with(end);
    };
    if (!(route.method == "POST" || route.method == "PUT" || route.method == "PATCH")) return "";
    if (is("POST", "/connect-links")) return R"({"platform":"fakebook"})";
    if (is("POST", "/refresh")) return "{}";
    if (is("POST", "/{platform}/start")) return R"({"workspaceId":")" + values.workspace + "\"}";
    if (is("POST", "/session")) return R"({"email":"nobody@example.com","password":"wrong"})";
    if (is("POST", "/session/link")) return R"({"secret":"wrong"})";
    if (is("PUT", "/session/password")) return R"({"newPassword":"a long new password"})";
    if (route.access == Access::State) return "";  // a form
    throw std::logic_error("teach route_calls.hpp the body of " + std::string(route.pattern));
}

inline std::string describe(const Route& route) {
    return std::string(route.method) + " " + std::string(route.pattern);
}

inline bool namesWorkspace(const Route& route) {
    return route.pattern.find("{workspaceId}") != std::string_view::npos;
}
inline bool namesAccount(const Route& route) {
    return route.pattern.find("{accountId}") != std::string_view::npos;
}

}  // namespace postato::api::testing
