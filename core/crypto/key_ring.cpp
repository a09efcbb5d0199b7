#include "crypto/key_ring.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/aead.hpp"
#include "crypto/hashing.hpp"
#include "util/encoding.hpp"
#include "util/error.hpp"
#include "util/ids.hpp"
#include "util/json.hpp"
#include "util/wiped_json.hpp"

namespace postato::crypto {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& problem) {
    throw Error(ErrorCode::InvalidArgument, PublicMessage{"The key ring " + problem});
}

/// It repeats every key as text.
WipedJson parsed(std::string_view text) {
    try {
        return WipedJson(parseJson(text));
    } catch (const Error&) {
        refuse("is not valid JSON");
    }
}

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

/// Told to people only, so a ring made by hand may leave it out.
std::string readTime(const Json& entry) {
    return entry.contains("createdAt") ? text(entry, "createdAt") : std::string();
}

bool isPlainWord(std::string_view word) {
    return std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               c == '_' || c == '-';
    });
}

std::string associatedData(std::string_view installation_id, std::string_view key_id,
                           std::uint32_t data_key_id) {
    return lengthPrefixed({"data-key", installation_id, key_id, std::to_string(data_key_id)});
}

}  // namespace

KeyRing KeyRing::make(TimePoint now, Random& random) {
    KeyRing ring;
    ring.id_ = "ring_" + makeUlid(now, random);
    ring.active_ = ring.addKey(now, random);
    return ring;
}

KeyRing KeyRing::parse(std::string_view json) {
    const auto document = parsed(json);
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
        // The id stands in front of a '.' in the wrapped text, and in the text of a ring.
        if (!isPlainWord(id)) refuse("holds a key whose id is not letters, digits, '_' and '-'");
        if (ring.holds(id)) refuse("names two keys alike");
        ring.keys_.push_back({id, readKey(entry), readTime(entry)});
    }
    if (!ring.holds(ring.active_)) refuse("does not hold the key it names as active");
    return ring;
}

std::string KeyRing::wrap(std::string_view installation_id, std::uint32_t data_key_id,
                          const KeyBytes& data_key, Random& random) const {
    return wrapUnder(active_, installation_id, data_key_id, data_key, random);
}

std::string KeyRing::wrapUnder(std::string_view key_id, std::string_view installation_id,
                               std::uint32_t data_key_id, const KeyBytes& data_key,
                               Random& random) const {
    const auto* entry = find(key_id);
    if (entry == nullptr) refuse("holds no key " + std::string(key_id));
    const auto nonce = random.bytes(aead::kNonceSize);
    const auto sealed =
        aead::seal(entry->key.view(), nonce, associatedData(installation_id, key_id, data_key_id),
                   data_key.view());
    return entry->id + "." + toBase64Url(nonce + sealed);
}

std::optional<KeyBytes> KeyRing::unwrap(std::string_view installation_id, std::uint32_t data_key_id,
                                        std::string_view wrapped) const {
    const auto key_id = wrappingKeyOf(wrapped);
    const auto* key = find(key_id);
    if (key == nullptr) return std::nullopt;
    const auto blob = fromBase64Url(wrapped.substr(key_id.size() + 1));
    if (!blob || blob->size() < aead::kNonceSize) return std::nullopt;
    auto plain = aead::open(key->key.view(), std::string_view(*blob).substr(0, aead::kNonceSize),
                            associatedData(installation_id, key_id, data_key_id),
                            std::string_view(*blob).substr(aead::kNonceSize));
    if (!plain || plain->size() != kKeySize) return std::nullopt;
    auto data_key = KeyBytes::copyOf(*plain);
    wipe(*plain);
    return data_key;
}

std::string_view KeyRing::wrappingKeyOf(std::string_view wrapped) {
    const auto dot = wrapped.find('.');
    return dot == std::string_view::npos ? std::string_view() : wrapped.substr(0, dot);
}

const KeyRing::Entry* KeyRing::find(std::string_view key_id) const {
    const auto found = std::find_if(keys_.begin(), keys_.end(),
                                    [&](const Entry& entry) { return entry.id == key_id; });
    return found == keys_.end() ? nullptr : &*found;
}

std::vector<std::string> KeyRing::keyIds() const {
    std::vector<std::string> ids;
    for (const auto& entry : keys_) ids.push_back(entry.id);
    return ids;
}

std::string KeyRing::addKey(TimePoint now, Random& random) {
    keys_.push_back({"kek_" + makeUlid(now, random), KeyBytes::random(random), toIso8601(now)});
    return keys_.back().id;
}

void KeyRing::activate(std::string_view key_id) {
    if (!holds(key_id)) refuse("holds no key " + std::string(key_id));
    active_ = key_id;
}

void KeyRing::removeKey(std::string_view key_id) {
    if (key_id == active_) refuse("cannot do without its active key");
    std::erase_if(keys_, [&](const Entry& entry) { return entry.id == key_id; });
}

std::string KeyRing::document() const {
    std::string text;
    // In one piece: growing would leave copies of keys behind.
    text.reserve(256 + 2 * id_.size() + 2 * active_.size() + 512 * keys_.size());
    text += "{\n  \"version\": 1,\n  \"id\": " + Json(id_).dump() + ",\n  \"active\": \"" +
            active_ + "\",\n  \"keys\": [";
    const char* separator = "\n";
    for (const auto& entry : keys_) {
        auto encoded = toBase64Url(entry.key.view());
        text += separator;
        text += "    {\"id\": \"";
        text += entry.id;
        text += "\", \"key\": \"";
        text += encoded;
        text += '"';
        if (!entry.created_at.empty()) text += ", \"createdAt\": " + Json(entry.created_at).dump();
        text += '}';
        separator = ",\n";
        wipe(encoded);
    }
    text += "\n  ]\n}\n";
    return text;
}

}  // namespace postato::crypto
