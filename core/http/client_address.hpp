#pragma once

/// \file
/// Who is calling: the peer of the connection, or whom a trusted proxy names.

#include <sys/socket.h>

#include <string>
#include <string_view>
#include <vector>

namespace postato::http {

/// The usual spelling of an IP address; an IPv4 address mapped into IPv6 becomes IPv4 again. Empty
/// when the text is no address.
std::string canonicalAddress(std::string_view text);

/// Of a peer of the IPv4 or IPv6 family.
std::string canonicalAddress(const sockaddr_storage& peer);

bool isLoopback(const std::string& canonical_address);

/// Addresses that may speak for others through X-Forwarded-For. Immutable, thread-safe.
class TrustedProxies {
public:
    /// Throws std::invalid_argument for anything that is not an IP address.
    explicit TrustedProxies(const std::vector<std::string>& addresses);

    bool contains(const std::string& canonical_address) const;

    /// From the right of X-Forwarded-For, the first address that is not a trusted proxy; each is
    /// believed only because the one after it is trusted. `forwarded_for` may be null.
    std::string clientOf(const std::string& peer, const std::string* forwarded_for) const;

private:
    std::vector<std::string> addresses_;
};

}  // namespace postato::http
