#include "crypto/system_random.hpp"

#include <openssl/rand.h>

#include "util/error.hpp"

namespace postato::crypto {

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
    if (bytes.empty()) return;
    if (RAND_bytes_ex(nullptr, bytes.data(), bytes.size(), 0) != 1)
        throw Error(ErrorCode::Internal, PublicMessage{"No random bytes are available"});
}

}  // namespace postato::crypto
