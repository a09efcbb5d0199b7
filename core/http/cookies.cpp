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

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

}  // namespace

std::optional<std::string> cookie(const std::string* header, std::string_view name) {
    if (header == nullptr) return std::nullopt;
    const auto full_name = std::string(kPrefix).append(name);
    std::optional<std::string> found;
    for (std::string_view rest = *header; !rest.empty();) {
        const auto end = std::min(rest.find(';'), rest.size());
        const auto piece = trimmed(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const auto equals = std::min(piece.find('='), piece.size());
        if (trimmed(piece.substr(0, equals)) != full_name) continue;
        const auto value = piece.substr(std::min(equals + 1, piece.size()));
        if (found || value.empty() || !isCookieValue(value)) return std::nullopt;
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
