#pragma once

/// \file
/// Absolute http(s) addresses, read strictly: what this parser takes, every other one reads alike.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postato::net {

struct Url {
    std::string scheme;  ///< "https" or "http"
    std::string host;    ///< lower case, without a trailing dot; an IPv6 address without brackets
    std::uint16_t port = 0;
    std::string target;  ///< path and query, at least "/"

    bool secure() const { return scheme == "https"; }
    /// "https://host:port", always with the port: the unit that permissions are given to.
    std::string origin() const;
    /// As in a Host header: the port only where it is not the scheme's own.
    std::string authority() const;
    /// The path alone: what may be logged.
    std::string path() const { return target.substr(0, target.find('?')); }
};

/// Nothing for user names, fragments, spaces, control or non-ASCII characters, other schemes, empty
/// or odd hosts (anything that looks like a number but is no plain IPv4 address), bad ports.
std::optional<Url> parseUrl(std::string_view text);

/// `localhost`, 127.0.0.0/8 or ::1, spelled plainly.
bool isLoopbackHost(std::string_view host);

}  // namespace postato::net
