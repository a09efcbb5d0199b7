#pragma once

/// \file
/// Lists of words in one column: scopes, permissions, ids. No word holds a space.

#include <string>
#include <vector>

namespace postato::persistence {

std::string joinWords(const std::vector<std::string>& words);
std::vector<std::string> splitWords(const std::string& text);

}  // namespace postato::persistence
