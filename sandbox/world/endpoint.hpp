#pragma once

// The kinds of platform calls that faults, barriers and counters tell apart.

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace postato::sandbox {

enum class Endpoint { Token = 1, Refresh, Revoke, Identity, Publish, Authorize };

inline constexpr std::array<std::pair<Endpoint, std::string_view>, 6> kEndpointNames{{
    {Endpoint::Token, "token"},
    {Endpoint::Refresh, "refresh"},
    {Endpoint::Revoke, "revoke"},
    {Endpoint::Identity, "identity"},
    {Endpoint::Publish, "publish"},
    {Endpoint::Authorize, "authorize"},
}};

constexpr std::string_view nameOf(Endpoint endpoint) {
    for (const auto& [value, name] : kEndpointNames) {
        if (value == endpoint) return name;
    }
    return "";
}

constexpr std::optional<Endpoint> endpointNamed(std::string_view wanted) {
    for (const auto& [value, name] : kEndpointNames) {
        if (name == wanted) return value;
    }
    return std::nullopt;
}

}  // namespace postato::sandbox
