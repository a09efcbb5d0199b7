#include "api/targets.hpp"

#include <algorithm>
#include <array>

#include "util/encoding.hpp"

namespace postato::api {
namespace {

constexpr std::array<std::string_view, 2> kReturnPaths = {"/accounts", "/settings"};
constexpr std::size_t kLongestUrl = 2048;

bool isDigit(char c) { return c >= '0' && c <= '9'; }

bool isHostCharacter(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == ':' || c == '[' ||
           c == ']';
}

bool isPrintable(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c > 0x20 && c < 0x7F && c != '\\'; });
}

/// "host:port" without the port when that is the scheme's own. Nothing when it is malformed.
std::optional<std::string> normalAuthority(std::string_view scheme, std::string_view authority) {
    auto text = toLower(authority);
    if (!std::all_of(text.begin(), text.end(), isHostCharacter)) return std::nullopt;
    std::size_t host_size = text.size();
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string::npos) return std::nullopt;
        host_size = end + 1;
    } else if (const auto colon = text.find(':'); colon != std::string::npos) {
        host_size = colon;
    }
    const auto rest = std::string_view(text).substr(host_size);
    const auto port = rest.empty() ? rest : rest.substr(1);
    if (host_size == 0 || (!rest.empty() && (rest.front() != ':' || port.empty())) ||
        port.size() > 5 || !std::all_of(port.begin(), port.end(), isDigit))
        return std::nullopt;
    if (port == (scheme == "https" ? "443" : "80")) text.resize(host_size);
    return text;
}

}  // namespace

std::optional<std::string> originOf(std::string_view url) {
    if (!isPrintable(url)) return std::nullopt;
    const auto separator = url.find("://");
    if (separator == std::string_view::npos) return std::nullopt;
    const auto scheme = toLower(url.substr(0, separator));
    if (scheme != "https" && scheme != "http") return std::nullopt;
    url.remove_prefix(separator + 3);
    const auto authority = normalAuthority(scheme, url.substr(0, url.find_first_of("/?#")));
    if (!authority) return std::nullopt;
    return scheme + "://" + *authority;
}

std::optional<std::string> returnPath(std::string_view text) {
    const auto at = std::find(kReturnPaths.begin(), kReturnPaths.end(), text);
    if (at == kReturnPaths.end()) return std::nullopt;
    return std::string(*at);
}

bool isReturnUrl(std::string_view url, const std::string& public_url,
                 const std::vector<std::string>& return_origins) {
    if (url.size() > kLongestUrl || url.find('#') != std::string_view::npos) return false;
    const auto origin = originOf(url);
    if (!origin) return false;
    const auto is_same = [&](const std::string& allowed) { return originOf(allowed) == origin; };
    return is_same(public_url) ||
           std::any_of(return_origins.begin(), return_origins.end(), is_same);
}

std::string withQuery(std::string target, const QueryPairs& pairs) {
    char separator = target.find('?') == std::string::npos ? '?' : '&';
    for (const auto& [name, value] : pairs) {
        target.append(1, separator).append(name).append("=").append(percentEncode(value));
        separator = '&';
    }
    return target;
}

}  // namespace postato::api
