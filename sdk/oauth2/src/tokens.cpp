#include "postato/oauth2/tokens.hpp"

#include <algorithm>

#include "postato/oauth2/scopes.hpp"

namespace postato::oauth2 {
namespace {

constexpr std::chrono::hours kLongestLifetime{24 * 3650};

bool isPrintable(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

}  // namespace

std::optional<std::chrono::seconds> readLifetime(const Json& value) {
    const auto number = value.integer();
    if (!number || *number <= 0) return std::nullopt;
    return std::min<std::chrono::seconds>(std::chrono::seconds(*number), kLongestLifetime);
}

std::variant<sdk::Credentials, std::string> readTokenResponse(const Json& body) {
    const Json access_token = body.get("access_token");
    if (!access_token.isString() || access_token.text().empty() ||
        !isPrintable(access_token.text()))
        return "access_token";
    const Json refresh_token = body.get("refresh_token");
    if (!refresh_token.isNull() &&
        (!refresh_token.isString() || !isPrintable(refresh_token.text())))
        return "refresh_token";

    sdk::Credentials credentials;
    credentials.access_token = sdk::Secret(access_token.text());
    credentials.refresh_token = sdk::Secret(refresh_token.text());
    credentials.token_type = body.get("token_type").text();
    credentials.expires_in = readLifetime(body.get("expires_in"));
    credentials.refresh_token_expires_in = readLifetime(body.get("refresh_token_expires_in"));
    if (!credentials.refresh_token_expires_in)
        credentials.refresh_token_expires_in = readLifetime(body.get("refresh_expires_in"));
    credentials.scopes = readScopes(body.get("scope"));
    return credentials;
}

}  // namespace postato::oauth2
