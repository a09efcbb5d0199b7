#include "http/cookies.hpp"

#include <algorithm>

#include "http/message.hpp"
#include "util/error.hpp"

namespace postato::http {
namespace {

constexpr std::string_view kPrefix = "__Host-";
constexpr std::string_view kAttributes = "; Path=/; Secure; HttpOnly; SameSite=Lax";

// cookie-octet of RFC 6265 4.1.1.
bool isCookieValue(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c > 0x20 && c < 0x7F && c != '"' && c != ',' && c != ';' && c != '\\';
    });
}

}  // namespace

std::optional<CookiePairs> parseCookies(std::string_view header) {
    constexpr std::size_t kMostPairs = 64;
    CookiePairs pairs;
    while (true) {
        const auto end = header.find(';');
        const auto piece = header.substr(0, end);
        const auto equals = piece.find('=');
        if (equals == std::string_view::npos || pairs.size() == kMostPairs) return std::nullopt;
        const auto name = piece.substr(0, equals);
        auto value = piece.substr(equals + 1);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        if (!isToken(name) || !isCookieValue(value)) return std::nullopt;
        pairs.emplace_back(name, value);
        if (end == std::string_view::npos) return pairs;
        header.remove_prefix(end + 1);
        if (!header.starts_with(' ')) return std::nullopt;
        header.remove_prefix(1);
    }
}

std::optional<std::string> cookie(const std::string* header, std::string_view name) {
    if (header == nullptr) return std::nullopt;
    const auto pairs = parseCookies(*header);
    if (!pairs) return std::nullopt;
    const auto full_name = std::string(kPrefix).append(name);
    std::optional<std::string> found;
    for (const auto& [pair_name, value] : *pairs) {
        if (pair_name != full_name) continue;
        if (found) return std::nullopt;
        found = value;
    }
    return found;
}

std::string setCookie(std::string_view name, std::string_view value, std::chrono::seconds max_age) {
    if (!isToken(name) || !isCookieValue(value))
        throw Error(ErrorCode::Internal, PublicMessage{"An internal error occurred"},
                    InternalDetail{"cookie refused: name or value cannot stand in a cookie"});
    std::string text(kPrefix);
    text.append(name).append("=").append(value);
    text.append("; Max-Age=").append(std::to_string(max_age.count()));
    return text.append(kAttributes);
}

std::string clearCookie(std::string_view name) {
    return setCookie(name, "", std::chrono::seconds(0));
}

}  // namespace postato::http
