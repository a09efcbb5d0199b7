#include "crypto/hashing.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdint>

#include "util/encoding.hpp"
#include "util/error.hpp"

namespace postato::crypto {
namespace {

constexpr std::size_t kDigestSize = 32;

unsigned char* bytesOf(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

std::string sha256(std::string_view data) {
    std::string digest(kDigestSize, '\0');
    if (EVP_Digest(data.data(), data.size(), bytesOf(digest), nullptr, EVP_sha256(), nullptr) != 1)
        throw Error(ErrorCode::Internal, PublicMessage{"SHA-256 failed"});
    return digest;
}

std::string sha256Hex(std::string_view data) { return toHex(sha256(data)); }

std::string hmacSha256(std::string_view key, std::string_view data) {
    std::string digest(kDigestSize, '\0');
    unsigned int size = 0;
    const auto* mac = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                           reinterpret_cast<const unsigned char*>(data.data()), data.size(),
                           bytesOf(digest), &size);
    if (mac == nullptr || size != kDigestSize)
        throw Error(ErrorCode::Internal, PublicMessage{"HMAC-SHA-256 failed"});
    return digest;
}

std::string lengthPrefixed(std::initializer_list<std::string_view> parts) {
    std::string bytes;
    for (const auto part : parts) {
        const auto size = static_cast<std::uint32_t>(part.size());
        for (int shift = 24; shift >= 0; shift -= 8)
            bytes += static_cast<char>(size >> shift & 255);
        bytes += part;
    }
    return bytes;
}

}  // namespace postato::crypto
