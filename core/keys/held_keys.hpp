#pragma once

/// \file
/// The data keys that one process holds, and what the database had of each when its bytes came from
/// there: a failover may take a key away, or give its number to another.

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/data_keys.hpp"
#include "crypto/key_ring.hpp"
#include "keys/key_rescue.hpp"
#include "keys/stored_keys.hpp"
#include "util/log.hpp"

namespace postato::keys {

/// Thread-safe.
class HeldKeys {
public:
    explicit HeldKeys(const Logger& log) : log_(log) {}

    crypto::DataKeys& set() noexcept { return set_; }
    const crypto::DataKeys& set() const noexcept { return set_; }

    /// Whose keys they are. Once, before the others.
    void belongTo(std::string installation) { installation_ = std::move(installation); }
    const std::string& installation() const noexcept { return installation_; }

    /// Takes all that is stored. Throws Error{DecryptFailed} for what does not open: a start
    /// without one of them would take its texts for lost.
    void takeAll(const StoredKeys& stored, const crypto::KeyRing& ring);
    /// Takes what is new and the ring opens; drops what is retired.
    void adopt(const StoredKeys& stored, const crypto::KeyRing& ring);
    /// Takes keys that the database has lost.
    void adopt(std::vector<OpenedCopy> copies);
    /// Compares what is held with what the database has under the same numbers. A number that now
    /// is another key's means that one, and is returned if its bytes are at hand.
    std::set<std::uint32_t> recheck(const StoredKeys& stored, const crypto::KeyRing& ring);

    /// What is held, as it is wrapped in the database.
    std::vector<KeyCopy> copies() const;
    /// Whether the database has what this process knows the key by.
    bool backed(const persistence::StoredDataKey& key, const crypto::KeyRing& ring) const;
    bool allBacked(const StoredKeys& stored, const crypto::KeyRing& ring) const;
    /// Whether the database has what this process seals under.
    bool sealsBacked(const StoredKeys& stored, const crypto::KeyRing& ring) const;

private:
    struct Origin {
        std::string wrapped;
        TimePoint created_at;
    };
    bool recheckOne(const persistence::StoredDataKey& key, const crypto::KeyRing& ring);

    const Logger& log_;
    std::string installation_;
    crypto::DataKeys set_;
    mutable std::mutex mutex_;
    std::map<std::uint32_t, Origin> origins_;
};

}  // namespace postato::keys
