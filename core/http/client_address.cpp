#include "http/client_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace postato::http {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string spelled(int family, const void* address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(family, address, text.data(), text.size());
    return text.data();
}

std::string spelled(const in6_addr& address) {
    if (IN6_IS_ADDR_V4MAPPED(&address)) return spelled(AF_INET, &address.s6_addr[12]);
    return spelled(AF_INET6, &address);
}

}  // namespace

std::string canonicalAddress(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return {};  // inet_pton would not look behind it
    const std::string terminated(text);
    in_addr v4{};
    if (::inet_pton(AF_INET, terminated.c_str(), &v4) == 1) return spelled(AF_INET, &v4);
    in6_addr v6{};
    if (::inet_pton(AF_INET6, terminated.c_str(), &v6) == 1) return spelled(v6);
    return {};
}

std::string canonicalAddress(const sockaddr_storage& peer) {
    if (peer.ss_family == AF_INET)
        return spelled(AF_INET, &reinterpret_cast<const sockaddr_in&>(peer).sin_addr);
    return spelled(reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr);
}

bool isLoopback(const std::string& canonical_address) {
    return canonical_address == "::1" || canonical_address.starts_with("127.");
}

TrustedProxies::TrustedProxies(const std::vector<std::string>& addresses) {
    for (const auto& text : addresses) {
        auto address = canonicalAddress(text);
        if (address.empty()) throw std::invalid_argument("not an IP address: " + text);
        addresses_.push_back(std::move(address));
    }
}

bool TrustedProxies::contains(const std::string& canonical_address) const {
    return std::find(addresses_.begin(), addresses_.end(), canonical_address) != addresses_.end();
}

std::string TrustedProxies::clientOf(const std::string& peer,
                                     const std::string* forwarded_for) const {
    auto client = peer;
    if (forwarded_for == nullptr) return client;
    std::string_view list = *forwarded_for;
    while (contains(client)) {
        const auto comma = list.rfind(',');
        const auto last = comma == std::string_view::npos ? list : list.substr(comma + 1);
        auto named = canonicalAddress(trimmed(last));
        if (named.empty()) break;
        client = std::move(named);
        if (comma == std::string_view::npos) break;
        list = list.substr(0, comma);
    }
    return client;
}

}  // namespace postato::http
