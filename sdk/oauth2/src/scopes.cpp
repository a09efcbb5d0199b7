#include "postato/oauth2/scopes.hpp"

#include <algorithm>

namespace postato::oauth2 {
namespace {

void addOnce(std::vector<std::string>& scopes, std::string_view name) {
    if (!name.empty() && !containsScope(scopes, name)) scopes.emplace_back(name);
}

}  // namespace

std::string joinScopes(const std::vector<std::string>& scopes, std::string_view separator) {
    std::string text;
    for (const auto& scope : scopes) {
        if (!text.empty()) text += separator;
        text += scope;
    }
    return text;
}

std::vector<std::string> splitScopes(std::string_view text) {
    std::vector<std::string> scopes;
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size();) {
        const bool encoded_space = text.substr(i, 3) == "%20";
        if (encoded_space || text[i] == ' ' || text[i] == ',') {
            addOnce(scopes, text.substr(start, i - start));
            i += encoded_space ? 3 : 1;
            start = i;
        } else {
            ++i;
        }
    }
    addOnce(scopes, text.substr(start));
    return scopes;
}

std::vector<std::string> readScopes(const Json& value) {
    if (!value.isArray()) return splitScopes(value.text());
    std::vector<std::string> scopes;
    for (std::size_t i = 0; i < value.size(); ++i)
        for (const auto& scope : splitScopes(value.at(i).text())) addOnce(scopes, scope);
    return scopes;
}

bool containsScope(const std::vector<std::string>& scopes, std::string_view name) {
    return std::find(scopes.begin(), scopes.end(), name) != scopes.end();
}

}  // namespace postato::oauth2
