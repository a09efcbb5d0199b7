#include "crypto/key_bytes.hpp"

#include <sodium.h>

#include <cstring>

#include "util/error.hpp"

namespace postato::crypto {

KeyBytes::KeyBytes() {
    if (sodium_init() < 0)
        throw Error(ErrorCode::Internal, PublicMessage{"libsodium cannot be initialised"});
    // mlock and MADV_DONTDUMP happen inside and may fail under a small RLIMIT_MEMLOCK, which is no
    // reason to refuse work.
    memory_.reset(static_cast<std::uint8_t*>(sodium_malloc(kKeySize)));
    if (!memory_) throw Error(ErrorCode::Unavailable, PublicMessage{"No memory left for a key"});
}

void KeyBytes::Release::operator()(std::uint8_t* memory) const noexcept { sodium_free(memory); }

KeyBytes KeyBytes::random(Random& random) {
    KeyBytes key;
    random.fill({key.memory_.get(), kKeySize});
    return key;
}

KeyBytes KeyBytes::copyOf(std::string_view bytes) {
    if (bytes.size() != kKeySize)
        throw Error(ErrorCode::InvalidArgument, PublicMessage{"A key must have 32 bytes"});
    KeyBytes key;
    std::memcpy(key.memory_.get(), bytes.data(), kKeySize);
    return key;
}

}  // namespace postato::crypto
