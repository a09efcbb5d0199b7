#pragma once

/// \file
/// Who is calling: the peer of the connection, or whom a trusted proxy names.

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
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

/// Whom limits count as one: an IPv4 address, or the /64 of an IPv6 one, since a subscriber has all
/// of it to choose from (RFC 6177).
std::string networkOf(const std::string& canonical_address);

/// Addresses that may speak for others through X-Forwarded-For. Immutable, thread-safe.
class TrustedProxies {
public:
    /// Addresses, or networks such as 10.0.0.0/8. Throws std::invalid_argument for anything else.
    explicit TrustedProxies(const std::vector<std::string>& networks);

    /// Whether the constructor takes `text`.
    static bool accepts(std::string_view text);

    bool contains(const std::string& canonical_address) const;

    /// From the right of X-Forwarded-For, the first address that is not a trusted proxy; each is
    /// believed only because the one after it is trusted. `forwarded_for` may be null.
    std::string clientOf(const std::string& peer, const std::string* forwarded_for) const;

private:
    /// An IPv4 address stands in its IPv4-mapped form.
    using Bytes = std::array<std::uint8_t, 16>;
    struct Network {
        Bytes bytes;
        std::size_t bits;  ///< of `bytes`, from the left
    };
    static std::optional<Bytes> bytesOf(std::string_view address);
    static std::optional<Network> parse(std::string_view text);

    std::vector<Network> networks_;
};

}  // namespace postato::http
