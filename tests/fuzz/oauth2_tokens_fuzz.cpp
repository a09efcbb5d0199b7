/// \file
/// A token answer: tokens that can stand in a header, lifetimes in bounds, scopes taken apart; or
/// the name of the field that is wrong.

#include <algorithm>
#include <set>
#include <string>
#include <variant>

#include "fuzz.hpp"
#include "postato/oauth2/scopes.hpp"
#include "postato/oauth2/tokens.hpp"

using namespace postato;
using fuzz::require;
using oauth2::Json;

namespace {

bool fitsHeader(std::string_view token) {
    return std::all_of(token.begin(), token.end(),
                       [](unsigned char c) { return c >= 0x20 && c <= 0x7e; });
}

void checkLifetime(const std::optional<std::chrono::seconds>& lifetime) {
    constexpr std::int64_t kTenYears = 10LL * 365 * 24 * 3600;
    require(!lifetime || (lifetime->count() > 0 && lifetime->count() <= kTenYears));
}

void checkScopes(const std::vector<std::string>& scopes) {
    require(std::set<std::string>(scopes.begin(), scopes.end()).size() == scopes.size());
    for (const auto& scope : scopes)
        require(!scope.empty() && scope.find_first_of(" ,") == std::string::npos &&
                scope.find("%20") == std::string::npos);
    for (const auto* separator : {" ", ",", "%20"})
        require(oauth2::splitScopes(oauth2::joinScopes(scopes, separator)) == scopes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::textOf(data, size);
    checkScopes(oauth2::splitScopes(text));
    const auto parsed = Json::parse(text);
    const auto* body = std::get_if<Json>(&parsed);
    if (body == nullptr) return 0;
    checkLifetime(oauth2::readLifetime(*body));
    checkScopes(oauth2::readScopes(*body));

    const auto answer = oauth2::readTokenResponse(*body);
    if (const auto* field = std::get_if<std::string>(&answer)) {
        require(*field == "access_token" || *field == "refresh_token");
        return 0;
    }
    const auto& credentials = std::get<sdk::Credentials>(answer);
    require(!credentials.access_token.empty() && fitsHeader(credentials.access_token.reveal()));
    require(fitsHeader(credentials.refresh_token.reveal()));
    require(credentials.access_token.reveal() == body->get("access_token").text());
    checkLifetime(credentials.expires_in);
    checkLifetime(credentials.refresh_token_expires_in);
    checkScopes(credentials.scopes);
    return 0;
}
