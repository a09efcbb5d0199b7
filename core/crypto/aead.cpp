#include "crypto/aead.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cassert>
#include <memory>

#include "util/error.hpp"

namespace postato::crypto::aead {
namespace {

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

unsigned char* bytesOf(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytesOf(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

void require(int result) {
    if (result != 1) throw Error(ErrorCode::Internal, PublicMessage{"AES-256-GCM failed"});
}

Context makeContext() {
    Context context(EVP_CIPHER_CTX_new());
    require(context != nullptr);
    return context;
}

/// Fetched once: looking a cipher up by name costs more than sealing a token with it.
const EVP_CIPHER* cipher() {
    static const std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> fetched(
        EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), &EVP_CIPHER_free);
    require(fetched != nullptr);
    return fetched.get();
}

}  // namespace

std::string seal(std::string_view key, std::string_view nonce, std::string_view associated_data,
                 std::string_view plain) {
    assert(key.size() == 32 && nonce.size() == kNonceSize);
    const auto context = makeContext();
    std::string sealed(plain.size() + kTagSize, '\0');
    int size = 0;
    require(EVP_EncryptInit_ex2(context.get(), cipher(), bytesOf(key), bytesOf(nonce), nullptr));
    require(EVP_EncryptUpdate(context.get(), nullptr, &size, bytesOf(associated_data),
                              static_cast<int>(associated_data.size())));
    require(EVP_EncryptUpdate(context.get(), bytesOf(sealed), &size, bytesOf(plain),
                              static_cast<int>(plain.size())));
    require(EVP_EncryptFinal_ex(context.get(), bytesOf(sealed) + size, &size));
    require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize,
                                bytesOf(sealed) + plain.size()));
    return sealed;
}

std::optional<std::string> open(std::string_view key, std::string_view nonce,
                                std::string_view associated_data, std::string_view sealed) {
    assert(key.size() == 32 && nonce.size() == kNonceSize);
    if (sealed.size() < kTagSize) return std::nullopt;
    const auto ciphertext = sealed.substr(0, sealed.size() - kTagSize);
    std::string tag(sealed.substr(ciphertext.size()));
    const auto context = makeContext();
    std::string plain(ciphertext.size(), '\0');
    int size = 0;
    require(EVP_DecryptInit_ex2(context.get(), cipher(), bytesOf(key), bytesOf(nonce), nullptr));
    require(EVP_DecryptUpdate(context.get(), nullptr, &size, bytesOf(associated_data),
                              static_cast<int>(associated_data.size())));
    require(EVP_DecryptUpdate(context.get(), bytesOf(plain), &size, bytesOf(ciphertext),
                              static_cast<int>(ciphertext.size())));
    require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()));
    if (EVP_DecryptFinal_ex(context.get(), bytesOf(plain) + size, &size) != 1) {
        // GCM decrypts before it knows: what failed the check must not stay in memory.
        OPENSSL_cleanse(plain.data(), plain.size());
        return std::nullopt;
    }
    return plain;
}

}  // namespace postato::crypto::aead
