#pragma once

/// \file
/// Which addresses an operator may configure. Plain http is for this machine alone.

#include <optional>
#include <string>

namespace postato::app {

/// Nothing when `url` may be used: https, or http whose host is `localhost` or a loopback literal.
/// Otherwise what is wrong and what to do.
std::optional<std::string> problemWithUrl(const std::string& url);

/// As above for an origin: scheme, host and port alone. A single trailing slash is let through.
std::optional<std::string> problemWithOrigin(const std::string& url);

}  // namespace postato::app
