#include "crypto/token_cipher.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <memory>

#include "crypto/aead.hpp"
#include "crypto/hashing.hpp"
#include "util/encoding.hpp"
#include "util/error.hpp"

namespace postato::crypto {
namespace {

constexpr std::string_view kMagic{"P\x01", 2};
constexpr std::size_t kSaltSize = 32;
constexpr std::size_t kCommitmentSize = 32;
constexpr std::size_t kHeaderSize = 2 + 4 + kSaltSize + aead::kNonceSize;
constexpr std::size_t kSmallestBlob = kHeaderSize + aead::kTagSize + kCommitmentSize;

/// The two halves of HKDF's output, wiped at the end of the block.
class MessageKey {
public:
    MessageKey(const DataKey& data_key, std::string_view salt) {
        static const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> hkdf(
            EVP_KDF_fetch(nullptr, "HKDF", nullptr), &EVP_KDF_free);
        const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(
            EVP_KDF_CTX_new(hkdf.get()), &EVP_KDF_CTX_free);
        const auto octets = [](const char* name, std::string_view bytes) {
            return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()),
                                                     bytes.size());
        };
        char digest[] = "SHA256";
        const std::array<OSSL_PARAM, 5> parameters{
            OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
            octets(OSSL_KDF_PARAM_KEY, data_key.view()), octets(OSSL_KDF_PARAM_SALT, salt),
            octets(OSSL_KDF_PARAM_INFO, "postato/v1"), OSSL_PARAM_construct_end()};
        if (!context ||
            EVP_KDF_derive(context.get(), bytes_.data(), bytes_.size(), parameters.data()) != 1)
            throw Error(ErrorCode::Internal, PublicMessage{"HKDF-SHA-256 failed"});
    }
    ~MessageKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
    MessageKey(const MessageKey&) = delete;
    MessageKey& operator=(const MessageKey&) = delete;

    std::string_view key() const { return view().substr(0, kKeySize); }
    std::string_view commitment() const { return view().substr(kKeySize); }

private:
    std::string_view view() const {
        return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
    }
    std::array<unsigned char, kKeySize + kCommitmentSize> bytes_{};
};

std::string bigEndian(std::uint32_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 255);
    return bytes;
}

std::uint32_t numberAt(std::string_view bytes, std::size_t position) {
    std::uint32_t number = 0;
    for (std::size_t i = position; i < position + 4; ++i)
        number = number << 8 | static_cast<unsigned char>(bytes[i]);
    return number;
}

/// The fields of a blob whose size and magic are right.
struct Blob {
    std::uint32_t key_id = 0;
    std::string_view salt, nonce, sealed, commitment;

    static std::optional<Blob> split(std::string_view bytes) {
        if (bytes.size() < kSmallestBlob || !bytes.starts_with(kMagic)) return std::nullopt;
        Blob blob;
        blob.key_id = numberAt(bytes, kMagic.size());
        blob.salt = bytes.substr(6, kSaltSize);
        blob.nonce = bytes.substr(6 + kSaltSize, aead::kNonceSize);
        blob.sealed = bytes.substr(kHeaderSize, bytes.size() - kHeaderSize - kCommitmentSize);
        blob.commitment = bytes.substr(bytes.size() - kCommitmentSize);
        return blob;
    }
};

[[noreturn]] void refuse(const SealContext& context) {
    throw Error(ErrorCode::DecryptFailed, PublicMessage{"A stored secret does not open"},
                InternalDetail{context.table + "." + context.column + " of " + context.row +
                               ", generation " + std::to_string(context.generation)});
}

}  // namespace

std::string TokenCipher::associatedData(const SealContext& context, std::uint32_t key_id) const {
    return lengthPrefixed({"token", installation_id_, context.workspace, context.table, context.row,
                           context.column, std::to_string(context.generation),
                           std::to_string(key_id)});
}

std::uint32_t TokenCipher::newestKey() const {
    std::uint32_t newest = 0;
    for (const auto& key : keys_.all()) newest = std::max(newest, key->id());
    return newest;
}

std::string TokenCipher::seal(const SealContext& context, const sdk::Secret& plain,
                              const UsableKey& key) const {
    const auto salt = random_.bytes(kSaltSize);
    const auto nonce = random_.bytes(aead::kNonceSize);
    const MessageKey message_key(key.bytes(), salt);
    std::string blob(kMagic);
    blob += bigEndian(key.id());
    blob += salt;
    blob += nonce;
    blob += aead::seal(message_key.key(), nonce, associatedData(context, key.id()), plain.reveal());
    blob += message_key.commitment();
    key.countSeal();
    return toBase64Url(blob);
}

sdk::Secret TokenCipher::open(const SealContext& context, std::string_view sealed) const {
    const auto bytes = fromBase64Url(sealed);
    const auto blob = bytes ? Blob::split(*bytes) : std::nullopt;
    if (!blob) refuse(context);
    const auto data_key = keys_.find(blob->key_id);
    if (!data_key) refuse(context);
    const MessageKey message_key(data_key->bytes(), blob->salt);
    if (!equalConstantTime(message_key.commitment(), blob->commitment)) refuse(context);
    auto plain = aead::open(message_key.key(), blob->nonce, associatedData(context, blob->key_id),
                            blob->sealed);
    if (!plain) refuse(context);
    sdk::Secret secret(std::move(*plain));
    OPENSSL_cleanse(plain->data(), plain->capacity());  // a short text is copied, not moved
    return secret;
}

std::optional<std::uint32_t> keyIdOf(std::string_view sealed) {
    const auto bytes = fromBase64Url(sealed);
    const auto blob = bytes ? Blob::split(*bytes) : std::nullopt;
    return blob ? std::optional(blob->key_id) : std::nullopt;
}

std::optional<std::uint32_t> keyIdOfPrefix(std::string_view prefix) {
    const auto bytes = fromBase64Url(prefix);
    if (!bytes || bytes->size() != kMagic.size() + 4 || !bytes->starts_with(kMagic))
        return std::nullopt;
    return numberAt(*bytes, kMagic.size());
}

std::string prefixOf(std::uint32_t key_id) {
    // Six bytes: no character of the text depends on what comes behind them.
    return toBase64Url(std::string(kMagic) + bigEndian(key_id));
}

}  // namespace postato::crypto
