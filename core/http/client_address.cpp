#include "http/client_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
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

std::string networkOf(const std::string& canonical_address) {
    in6_addr address{};
    if (::inet_pton(AF_INET6, canonical_address.c_str(), &address) != 1) return canonical_address;
    std::fill(std::begin(address.s6_addr) + 8, std::end(address.s6_addr), 0);
    return spelled(AF_INET6, &address) + "/64";
}

std::optional<TrustedProxies::Bytes> TrustedProxies::bytesOf(std::string_view address) {
    const auto canonical = canonicalAddress(address);
    Bytes bytes{};
    if (::inet_pton(AF_INET6, canonical.c_str(), bytes.data()) == 1) return bytes;
    bytes[10] = bytes[11] = 0xFF;  // RFC 4291 2.5.5.2
    if (::inet_pton(AF_INET, canonical.c_str(), &bytes[12]) == 1) return bytes;
    return std::nullopt;
}

std::optional<TrustedProxies::Network> TrustedProxies::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto bytes = bytesOf(text.substr(0, slash));
    if (!bytes) return std::nullopt;
    if (slash == std::string_view::npos) return Network{*bytes, 128};
    const bool is_v4 = canonicalAddress(text.substr(0, slash)).find(':') == std::string::npos;
    const auto prefix = text.substr(slash + 1);
    std::size_t bits = 0;
    const auto [stopped, error] =
        std::from_chars(prefix.data(), prefix.data() + prefix.size(), bits);
    if (error != std::errc() || stopped != prefix.data() + prefix.size() ||
        bits > (is_v4 ? 32u : 128u))
        return std::nullopt;
    return Network{*bytes, is_v4 ? bits + 96 : bits};
}

TrustedProxies::TrustedProxies(const std::vector<std::string>& networks) {
    for (const auto& text : networks) {
        const auto network = parse(text);
        if (!network) throw std::invalid_argument("not an IP address or network: " + text);
        networks_.push_back(*network);
    }
}

bool TrustedProxies::accepts(std::string_view text) { return parse(text).has_value(); }

bool TrustedProxies::contains(const std::string& canonical_address) const {
    if (networks_.empty()) return false;
    const auto address = bytesOf(canonical_address);
    if (!address) return false;
    return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
        const auto whole = network.bits / 8;
        const auto rest = network.bits % 8;
        return std::equal(address->begin(), address->begin() + whole, network.bytes.begin()) &&
               (rest == 0 || ((*address)[whole] ^ network.bytes[whole]) >> (8 - rest) == 0);
    });
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
