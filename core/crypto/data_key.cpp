#include "crypto/data_key.hpp"

#include "util/error.hpp"

namespace postato::crypto {

WrappedDataKey createDataKey(const KeyRing& ring, std::string_view ring_key,
                             std::string_view installation_id, std::uint32_t id, Random& random) {
    return {id, ring.wrapUnder(ring_key, installation_id, id, KeyBytes::random(random), random)};
}

DataKey unwrapDataKey(const KeyRing& ring, std::string_view installation_id,
                      const WrappedDataKey& key) {
    auto data_key = ring.unwrap(installation_id, key.id, key.wrapped);
    if (data_key) return std::move(*data_key);
    throw Error(ErrorCode::DecryptFailed,
                PublicMessage{"The key ring " + ring.id() + " does not open data key " +
                              std::to_string(key.id) +
                              " of this database; configure the key ring it was set up with"});
}

}  // namespace postato::crypto
