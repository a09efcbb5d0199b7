#include "keys/held_keys.hpp"

#include <algorithm>

namespace postato::keys {

using persistence::DataKeyState;
using persistence::StoredDataKey;

void HeldKeys::takeAll(const StoredKeys& stored, const crypto::KeyRing& ring) {
    const std::lock_guard lock(mutex_);
    for (const auto& key : stored.inUse()) {
        const auto id = idOf(key);
        set_.put(id, crypto::unwrapDataKey(ring, installation_, {id, key.wrapped}));
        origins_[id] = {key.wrapped, key.created_at};
    }
}

void HeldKeys::adopt(const StoredKeys& stored, const crypto::KeyRing& ring) {
    const std::lock_guard lock(mutex_);
    for (const auto& key : stored.keys) {
        const auto id = idOf(key);
        if (key.state == DataKeyState::Retired) {
            set_.remove(id);
            origins_.erase(id);
        } else if (!origins_.contains(id)) {
            auto bytes = ring.unwrap(installation_, id, key.wrapped);
            if (!bytes) continue;
            set_.put(id, std::move(*bytes));
            origins_[id] = {key.wrapped, key.created_at};
        }
    }
}

void HeldKeys::adopt(std::vector<OpenedCopy> copies) {
    const std::lock_guard lock(mutex_);
    for (auto& copy : copies) {
        set_.put(copy.key.id, std::move(copy.bytes));
        origins_[copy.key.id] = {copy.key.wrapped, copy.key.created_at};
    }
}

std::set<std::uint32_t> HeldKeys::recheck(const StoredKeys& stored, const crypto::KeyRing& ring) {
    const std::lock_guard lock(mutex_);
    std::set<std::uint32_t> replaced;
    for (const auto& key : stored.inUse())
        if (recheckOne(key, ring)) replaced.insert(idOf(key));
    return replaced;
}

bool HeldKeys::recheckOne(const StoredDataKey& key, const crypto::KeyRing& ring) {
    const auto id = idOf(key);
    const auto origin = origins_.find(id);
    if (origin == origins_.end() || origin->second.wrapped == key.wrapped) return false;
    auto bytes = ring.unwrap(installation_, id, key.wrapped);
    if (bytes && bytes->view() == set_.known(id)->bytes().view()) {
        origin->second.wrapped = key.wrapped;  // only wrapped anew
        return false;
    }
    // A text that does not open tells by its age alone whether it is another key's.
    if (!bytes && origin->second.created_at == key.created_at) return false;
    // A failover lost the key that this process has, and its number was given out again.
    log_.error("keys.number_given_twice",
               {{"dataKey", key.id},
                {"advice",
                 "the database has lost a data key and has another one under its number; "
                 "`postato key verify` tells what does not open any more"}});
    if (!bytes) {
        set_.remove(id);
        origins_.erase(origin);
        return false;
    }
    set_.replace(id, std::move(*bytes));
    origin->second = {key.wrapped, key.created_at};
    return true;
}

std::vector<KeyCopy> HeldKeys::copies() const {
    const std::lock_guard lock(mutex_);
    std::vector<KeyCopy> copies;
    for (const auto& [id, origin] : origins_)
        copies.push_back({id, origin.wrapped, origin.created_at});
    return copies;
}

bool HeldKeys::backed(const StoredDataKey& key, const crypto::KeyRing& ring) const {
    const auto wrapping = crypto::KeyRing::wrappingKeyOf(key.wrapped);
    const std::lock_guard lock(mutex_);
    const auto origin = origins_.find(idOf(key));
    if (origin == origins_.end()) return false;
    // Wrapped anew under a key that this ring lacks, it is still the same key.
    return origin->second.wrapped == key.wrapped || (!wrapping.empty() && !ring.holds(wrapping));
}

bool HeldKeys::allBacked(const StoredKeys& stored, const crypto::KeyRing& ring) const {
    const auto in_use = stored.inUse();
    return std::all_of(in_use.begin(), in_use.end(),
                       [&](const auto& key) { return backed(key, ring); });
}

bool HeldKeys::sealsBacked(const StoredKeys& stored, const crypto::KeyRing& ring) const {
    const auto active = set_.activeId();
    const auto* key = active ? stored.find(*active) : nullptr;
    return key != nullptr && backed(*key, ring);
}

}  // namespace postato::keys
