#include "crypto/key_ring.hpp"

#include <openssl/crypto.h>

#include <nlohmann/json.hpp>

#include "crypto/aead.hpp"
#include "crypto/hashing.hpp"
#include "util/encoding.hpp"
#include "util/error.hpp"
#include "util/json.hpp"

namespace postato::crypto {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& problem) {
    throw Error(ErrorCode::InvalidArgument, PublicMessage{"The key ring " + problem});
}

void wipe(std::string& text) { OPENSSL_cleanse(text.data(), text.size()); }

/// The parsed document repeats every key as text; none of that may outlive the parsing.
struct Document {
    Json root;

    explicit Document(std::string_view text) {
        try {
            root = parseJson(text);
        } catch (const Error&) {
            refuse("is not valid JSON");
        }
    }
    ~Document() { wipeStrings(root); }
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

private:
    static void wipeStrings(Json& value) {
        if (value.is_string()) wipe(value.get_ref<std::string&>());
        if (value.is_structured())
            for (auto& part : value) wipeStrings(part);
    }
};

const Json& member(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end()) refuse(std::string("has no \"") + name + "\"");
    return *found;
}

const std::string& text(const Json& object, const char* name) {
    const auto& value = member(object, name);
    if (!value.is_string() || value.get_ref<const std::string&>().empty())
        refuse(std::string("has a \"") + name + "\" that is not text");
    return value.get_ref<const std::string&>();
}

KeyBytes readKey(const Json& entry) {
    auto bytes = fromBase64Url(text(entry, "key"));
    if (!bytes || bytes->size() != kKeySize) {
        if (bytes) wipe(*bytes);
        refuse("holds a key that is not base64url of 32 bytes");
    }
    auto key = KeyBytes::copyOf(*bytes);
    wipe(*bytes);
    return key;
}

std::string associatedData(std::string_view installation_id, std::string_view key_id,
                           std::uint32_t data_key_id) {
    return lengthPrefixed({"data-key", installation_id, key_id, std::to_string(data_key_id)});
}

}  // namespace

KeyRing KeyRing::parse(std::string_view json) {
    const Document document(json);
    const auto& root = document.root;
    if (!root.is_object()) refuse("is not a JSON object");
    if (member(root, "version") != 1)
        refuse("has a version other than 1, which this program reads");
    KeyRing ring;
    ring.id_ = text(root, "id");
    ring.active_ = text(root, "active");
    const auto& keys = member(root, "keys");
    if (!keys.is_array()) refuse("has \"keys\" that are not a list");
    for (const auto& entry : keys) {
        if (!entry.is_object()) refuse("holds a key that is not an object");
        const auto& id = text(entry, "id");
        // The id stands in front of a '.' in the wrapped text.
        if (id.find('.') != std::string::npos) refuse("holds a key whose id has a dot");
        if (!ring.keys_.emplace(id, readKey(entry)).second) refuse("names two keys alike");
    }
    if (!ring.keys_.contains(ring.active_)) refuse("does not hold the key it names as active");
    return ring;
}

std::string KeyRing::wrap(std::string_view installation_id, std::uint32_t data_key_id,
                          const KeyBytes& data_key, Random& random) const {
    const auto nonce = random.bytes(aead::kNonceSize);
    const auto sealed =
        aead::seal(keys_.find(active_)->second.view(), nonce,
                   associatedData(installation_id, active_, data_key_id), data_key.view());
    return active_ + "." + toBase64Url(nonce + sealed);
}

std::optional<KeyBytes> KeyRing::unwrap(std::string_view installation_id, std::uint32_t data_key_id,
                                        std::string_view wrapped) const {
    const auto dot = wrapped.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto key = keys_.find(wrapped.substr(0, dot));
    const auto blob = fromBase64Url(wrapped.substr(dot + 1));
    if (key == keys_.end() || !blob || blob->size() < aead::kNonceSize) return std::nullopt;
    auto plain = aead::open(key->second.view(), std::string_view(*blob).substr(0, aead::kNonceSize),
                            associatedData(installation_id, key->first, data_key_id),
                            std::string_view(*blob).substr(aead::kNonceSize));
    if (!plain || plain->size() != kKeySize) return std::nullopt;
    auto data_key = KeyBytes::copyOf(*plain);
    wipe(*plain);
    return data_key;
}

}  // namespace postato::crypto
