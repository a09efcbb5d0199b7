#pragma once

/// \file
/// Data keys: made here, stored wrapped in the database, unwrapped at start-up.

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/key_ring.hpp"

namespace postato::crypto {

/// What seals rows. Its id stands in each sealed text.
using DataKey = KeyBytes;

/// A data key as the database keeps it.
struct WrappedDataKey {
    std::uint32_t id = 0;
    std::string wrapped;
};

/// `ring_key`, a key of the ring, wraps it.
WrappedDataKey createDataKey(const KeyRing& ring, std::string_view ring_key,
                             std::string_view installation_id, std::uint32_t id, Random& random);

/// Throws Error{DecryptFailed} when the ring is not the one this installation was set up with. The
/// message says so; the start must end there (CRY-05).
DataKey unwrapDataKey(const KeyRing& ring, std::string_view installation_id,
                      const WrappedDataKey& key);

}  // namespace postato::crypto
