#pragma once

/// \file
/// Absolute http and https URLs, read strictly (RFC 3986, ASCII only).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postato::net {

/// Only what a request needs. There is no user information and no fragment.
struct Url {
    std::string scheme;  ///< "http" or "https"
    std::string host;    ///< lower case, no trailing dot; an IPv6 literal without brackets
    std::uint16_t port = 0;
    std::string target;  ///< path and query as given; at least "/"

    bool secure() const { return scheme == "https"; }
    /// What may be logged.
    std::string path() const { return target.substr(0, target.find('?')); }
    /// host[:port] as in a Host header: the port only where it is not the scheme's own.
    std::string authority() const;
    /// scheme://host[:port]; two URLs lead to the same server only when these are equal.
    std::string origin() const { return scheme + "://" + authority(); }
};

/// Nothing for anything else than a plain URL: other schemes, user information, fragments, control
/// characters, spaces, backslashes, characters outside ASCII, broken escapes, port 0, and numbers
/// that only some programs read as an IPv4 address (`2130706433`, `0x7f.1`, `0177.0.0.1`).
std::optional<Url> parseUrl(std::string_view text);

/// `localhost`, 127.0.0.0/8 or ::1, as `Url::host` spells them.
bool isLoopbackHost(std::string_view host);

/// Whether it is an IPv4 or IPv6 literal, as `Url::host` spells them.
bool isAddressLiteral(std::string_view host);

}  // namespace postato::net
