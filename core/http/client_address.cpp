#include "http/client_address.hpp"

#include <Poco/Net/IPAddress.h>

#include <algorithm>
#include <stdexcept>

namespace postato::http {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string canonicalAddress(std::string_view text) {
    Poco::Net::IPAddress address;
    if (text.empty() || !Poco::Net::IPAddress::tryParse(std::string(text), address)) return {};
    if (address.family() == Poco::Net::IPAddress::IPv6 && address.isIPv4Mapped()) {
        const auto* bytes = static_cast<const unsigned char*>(address.addr());
        return Poco::Net::IPAddress(bytes + 12, 4).toString();
    }
    return address.toString();
}

bool isLoopback(const std::string& canonical_address) {
    Poco::Net::IPAddress address;
    return Poco::Net::IPAddress::tryParse(canonical_address, address) && address.isLoopback();
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
