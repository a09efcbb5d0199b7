#include "crypto/password.hpp"

#include <sodium.h>

#include <array>

#include "util/error.hpp"

namespace postato::crypto {
namespace {

constexpr unsigned long long kPasses = 3;
constexpr std::size_t kMemory = 64 * 1024 * 1024;
constexpr std::ptrdiff_t kAtOnce = 2;

struct Slot {
    explicit Slot(std::counting_semaphore<>& slots) : slots(slots) { slots.acquire(); }
    ~Slot() { slots.release(); }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    std::counting_semaphore<>& slots;
};

}  // namespace

PasswordHasher::PasswordHasher() : slots_(kAtOnce) {
    if (sodium_init() < 0)
        throw Error(ErrorCode::Internal, PublicMessage{"libsodium cannot be initialised"});
    std::array<char, 32> unknowable{};
    randombytes_buf(unknowable.data(), unknowable.size());
    nobodys_hash_ = hash(sdk::Secret(std::string(unknowable.data(), unknowable.size())));
}

std::string PasswordHasher::hash(const sdk::Secret& password) {
    const Slot slot(slots_);
    std::array<char, crypto_pwhash_STRBYTES> text{};
    const auto plain = password.reveal();
    if (crypto_pwhash_str(text.data(), plain.data(), plain.size(), kPasses, kMemory) != 0)
        throw Error(ErrorCode::Unavailable, PublicMessage{"Not enough memory to hash a password"});
    return text.data();
}

bool PasswordHasher::verify(const std::optional<std::string>& stored, const sdk::Secret& password) {
    const Slot slot(slots_);
    const auto plain = password.reveal();
    const auto& hash = stored ? *stored : nobodys_hash_;
    const bool matches = crypto_pwhash_str_verify(hash.c_str(), plain.data(), plain.size()) == 0;
    return matches && stored.has_value();
}

bool PasswordHasher::needsRehash(const std::string& stored) {
    return crypto_pwhash_str_needs_rehash(stored.c_str(), kPasses, kMemory) != 0;
}

}  // namespace postato::crypto
