#pragma once

/// \file
/// The data keys that this process can use now. The set changes while ciphers read it: other
/// processes replace keys too.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <vector>

#include "crypto/data_key.hpp"

namespace postato::crypto {

/// A data key at work. Whoever holds it may go on with it after it left the set. Thread-safe.
class UsableKey {
public:
    UsableKey(std::uint32_t id, DataKey bytes) : id_(id), bytes_(std::move(bytes)) {}

    std::uint32_t id() const noexcept { return id_; }
    const DataKey& bytes() const noexcept { return bytes_; }

    void countSeal() const noexcept { seals_.fetch_add(1, std::memory_order_relaxed); }
    /// Texts sealed under it that nobody has taken account of yet (CRY-03), and from now on
    /// somebody has.
    std::uint64_t takeSeals() const noexcept {
        return seals_.exchange(0, std::memory_order_relaxed);
    }
    /// For who could not take account of them after all.
    void giveBackSeals(std::uint64_t count) const noexcept {
        seals_.fetch_add(count, std::memory_order_relaxed);
    }

private:
    std::uint32_t id_;
    DataKey bytes_;
    mutable std::atomic<std::uint64_t> seals_{0};
};

/// Thread-safe.
class DataKeys {
public:
    using Key = std::shared_ptr<const UsableKey>;
    /// Called for the id of a key that is not in the set; may `put` it there, and throws when the
    /// key may yet be had. Called from any thread, also from several at once, and never with a lock
    /// of this object held.
    using OnMiss = std::function<void(std::uint32_t)>;

    /// What seals. Throws Error{Unavailable} while there is none: before the first `activate`, and
    /// after a `deactivate` or when it was removed.
    Key active() const;
    std::optional<std::uint32_t> activeId() const;
    /// Nothing for a key that nobody here can have.
    Key find(std::uint32_t id) const;
    /// As `find`, without asking anybody.
    Key known(std::uint32_t id) const;
    std::vector<Key> all() const;

    /// Adds a key; one with the same id that is there already stays.
    void put(std::uint32_t id, DataKey bytes);
    /// The number means another key from now on. Where it was the active one's, the other seals.
    void replace(std::uint32_t id, DataKey bytes);
    /// `id` must be in the set.
    void activate(std::uint32_t id);
    /// Nothing is sealed until the next `activate`; what was sealed still opens.
    void deactivate();
    /// The key opens nothing from now on. If it was the active one, nothing is sealed until the
    /// next `activate`: a key that is destroyed elsewhere must not make texts that only this
    /// process opens.
    void remove(std::uint32_t id);

    /// Set once, before other threads use the set.
    void onMiss(OnMiss ask) { on_miss_ = std::move(ask); }

private:
    mutable std::shared_mutex mutex_;
    std::map<std::uint32_t, Key> keys_;
    Key active_;
    OnMiss on_miss_;
};

}  // namespace postato::crypto
