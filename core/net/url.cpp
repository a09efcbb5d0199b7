#include "net/url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "util/encoding.hpp"

namespace postato::net {
namespace {

constexpr std::size_t kLongestUrl = 16 * 1024;
constexpr std::size_t kLongestHost = 253;
constexpr std::size_t kLongestLabel = 63;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isHexDigit(char c) { return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool isAlphanumeric(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::uint16_t defaultPort(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

/// The functions below read up to the first NUL only.
bool hasNul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

bool isIpv4(const std::string& host) {
    in_addr address{};
    return !hasNul(host) && inet_pton(AF_INET, host.c_str(), &address) == 1;  // four decimal numbers, nothing else
}

/// An IPv6 literal in its one canonical spelling.
std::optional<std::string> canonicalIpv6(const std::string& text) {
    in6_addr address{};
    if (hasNul(text) || inet_pton(AF_INET6, text.c_str(), &address) != 1) return std::nullopt;
    std::array<char, INET6_ADDRSTRLEN> spelled{};
    inet_ntop(AF_INET6, &address, spelled.data(), spelled.size());
    return std::string(spelled.data());
}

bool isLabel(std::string_view label) {
    if (label.empty() || label.size() > kLongestLabel) return false;
    if (label.front() == '-' || label.back() == '-') return false;
    return std::all_of(label.begin(), label.end(),
                       [](char c) { return isAlphanumeric(c) || c == '-' || c == '_'; });
}

/// Resolvers and browsers take a name whose last label is a number for an address.
bool looksLikeNumber(std::string_view label) {
    if (label.starts_with("0x")) return true;
    return std::all_of(label.begin(), label.end(), isDigit);
}

bool isName(std::string_view host) {
    if (host.size() > kLongestHost) return false;
    std::string_view last;
    for (std::string_view rest = host;;) {
        const auto dot = rest.find('.');
        last = rest.substr(0, dot);
        if (!isLabel(last)) return false;
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    return !looksLikeNumber(last);
}

std::optional<std::string> parseHost(std::string_view text) {
    if (text.starts_with('[')) {
        if (!text.ends_with(']')) return std::nullopt;
        return canonicalIpv6(std::string(text.substr(1, text.size() - 2)));
    }
    std::string host = toLower(text);
    if (host.ends_with('.')) host.pop_back();
    if (host.empty() || !(isIpv4(host) || isName(host))) return std::nullopt;
    return host;
}

std::optional<std::uint16_t> parsePort(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

bool isTarget(std::string_view target) {
    constexpr std::string_view marks = "-._~:/?@!$&'()*+,;=[]";
    for (std::size_t i = 0; i < target.size(); ++i) {
        const char c = target[i];
        if (isAlphanumeric(c) || marks.find(c) != std::string_view::npos) continue;
        const bool escape = c == '%' && i + 2 < target.size() && isHexDigit(target[i + 1]) &&
                            isHexDigit(target[i + 2]);
        if (!escape) return false;
    }
    return true;
}

}  // namespace

std::string Url::authority() const {
    const bool ipv6 = host.find(':') != std::string::npos;
    std::string text = ipv6 ? "[" + host + "]" : host;
    if (port != defaultPort(scheme)) text += ":" + std::to_string(port);
    return text;
}

std::optional<Url> parseUrl(std::string_view text) {
    if (text.size() > kLongestUrl) return std::nullopt;
    const auto colon = text.find("://");
    if (colon == std::string_view::npos) return std::nullopt;
    Url url;
    url.scheme = toLower(text.substr(0, colon));
    if (url.scheme != "https" && url.scheme != "http") return std::nullopt;
    text.remove_prefix(colon + 3);

    const auto path = text.find_first_of("/?");
    auto authority = text.substr(0, path);
    url.target = path == std::string_view::npos ? "" : text.substr(path);
    if (!url.target.starts_with('/')) url.target.insert(0, "/");
    if (!isTarget(url.target)) return std::nullopt;

    const auto bracket = authority.rfind(']');
    const auto port = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    url.port = defaultPort(url.scheme);
    if (port != std::string_view::npos) {
        const auto number = parsePort(authority.substr(port + 1));
        if (!number) return std::nullopt;
        url.port = *number;
        authority = authority.substr(0, port);
    }
    auto host = parseHost(authority);
    if (!host) return std::nullopt;
    url.host = std::move(*host);
    return url;
}

bool isLoopbackHost(std::string_view host) {
    if (host == "localhost" || host == "::1") return true;
    return host.starts_with("127.") && isIpv4(std::string(host));
}

bool isAddressLiteral(std::string_view host) {
    return host.find(':') != std::string_view::npos || isIpv4(std::string(host));
}

}  // namespace postato::net
