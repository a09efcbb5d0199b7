#pragma once

/// \file
/// How much was sealed under each data key, over all processes, and another key in the place of one
/// that has sealed as much as it may (CRY-03).

#include <cstdint>

#include "crypto/data_keys.hpp"
#include "crypto/key_ring.hpp"
#include "persistence/database.hpp"
#include "util/log.hpp"
#include "util/random.hpp"

namespace postato::keys {

/// One thread.
class SealAccounts {
public:
    SealAccounts(persistence::Database& database, Random& random, const Logger& log,
                 std::int64_t seals_per_key)
        : database_(database), random_(random), log_(log), seals_per_key_(seals_per_key) {}

    /// Takes account of what was sealed since, and replaces an active key whose limit is reached,
    /// wrapped by `ring`. Throws Error{Unavailable}; what it could not write down is kept for the
    /// next time.
    void settle(const crypto::DataKeys& keys, const crypto::KeyRing& ring);
    /// The same without replacing any, for the end of the process. What fails is logged.
    void close(const crypto::DataKeys& keys);

private:
    bool accountFor(const crypto::UsableKey& key);
    void replaceFull(std::uint32_t id, const crypto::KeyRing& ring);

    persistence::Database& database_;
    Random& random_;
    const Logger& log_;
    const std::int64_t seals_per_key_;
    bool limit_waits_ = false;  ///< and said so
};

}  // namespace postato::keys
