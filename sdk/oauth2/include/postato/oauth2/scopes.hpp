#pragma once

/// \file
/// Lists of scopes on the wire.

#include <string>
#include <string_view>
#include <vector>

#include "postato/oauth2/json.hpp"

namespace postato::oauth2 {

std::string joinScopes(const std::vector<std::string>& scopes, std::string_view separator);

/// Takes a list apart at spaces, commas and a literal `%20`: platforms send all three, whatever
/// they ask for in requests. Repeated names appear once.
std::vector<std::string> splitScopes(std::string_view text);

/// The same from an answer, where a list may also be an array of strings.
std::vector<std::string> readScopes(const Json& value);

bool containsScope(const std::vector<std::string>& scopes, std::string_view name);

}  // namespace postato::oauth2
