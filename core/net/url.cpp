#include "net/url.hpp"

#include <arpa/inet.h>

#include <charconv>

#include "util/encoding.hpp"

namespace postato::net {
namespace {

bool isIpv4(const std::string& host) {
    in_addr address{};
    return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool isIpv6(const std::string& host) {
    in6_addr address{};
    return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool isName(std::string_view host) {
    if (host.empty() || host.size() > 253) return false;
    std::size_t label = 0;
    for (const char c : host) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (c == '.') {
            if (label == 0) return false;
            label = 0;
        } else if (!plain || ++label > 63) {
            return false;
        }
    }
    // A last label that starts like a number would be read as an IPv4 address by some (0x7f.1).
    const auto last = host.substr(host.rfind('.') + 1);
    return label > 0 && !(last.front() >= '0' && last.front() <= '9');
}

std::optional<std::uint16_t> parsePort(std::string_view text) {
    std::uint16_t port = 0;
    const auto end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, port);
    if (read.ec != std::errc{} || read.ptr != end || port == 0) return std::nullopt;
    return port;
}

}  // namespace

std::string Url::origin() const {
    const bool v6 = host.find(':') != std::string::npos;
    return scheme + "://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string Url::authority() const {
    const bool v6 = host.find(':') != std::string::npos;
    const std::string name = v6 ? "[" + host + "]" : host;
    const bool usual = port == (secure() ? 443 : 80);
    return usual ? name : name + ":" + std::to_string(port);
}

std::optional<Url> parseUrl(std::string_view text) {
    for (const char c : text)
        if (c <= ' ' || c >= 0x7F || c == '\\' || c == '#' || c == '"' || c == '<' || c == '>')
            return std::nullopt;
    Url url;
    const auto colon = text.find("://");
    if (colon == std::string_view::npos) return std::nullopt;
    url.scheme = toLower(text.substr(0, colon));
    if (url.scheme != "https" && url.scheme != "http") return std::nullopt;
    text.remove_prefix(colon + 3);

    const auto end = text.find_first_of("/?");
    std::string_view authority = text.substr(0, end);
    url.target = end == std::string_view::npos ? "/" : std::string(text.substr(end));
    if (url.target.front() == '?') url.target.insert(0, "/");
    if (authority.find('@') != std::string_view::npos) return std::nullopt;

    url.port = url.secure() ? 443 : 80;
    if (authority.starts_with('[')) {
        const auto close = authority.find(']');
        if (close == std::string_view::npos) return std::nullopt;
        url.host = toLower(authority.substr(1, close - 1));
        if (!isIpv6(url.host)) return std::nullopt;
        authority.remove_prefix(close + 1);
        if (!authority.empty() && authority.front() != ':') return std::nullopt;
    } else {
        const auto at = authority.find(':');
        url.host = toLower(authority.substr(0, at));
        authority.remove_prefix(at == std::string_view::npos ? authority.size() : at);
        if (url.host.ends_with('.')) url.host.pop_back();
        if (!isIpv4(url.host) && !isName(url.host)) return std::nullopt;
    }
    if (!authority.empty()) {
        const auto port = parsePort(authority.substr(1));
        if (!port) return std::nullopt;
        url.port = *port;
    }
    return url;
}

bool isLoopbackHost(std::string_view host) {
    const std::string text(host);
    return text == "localhost" || text == "::1" || (isIpv4(text) && text.starts_with("127."));
}

}  // namespace postato::net
