#include "keys/seal_accounts.hpp"

#include <utility>

#include "keys/key_changes.hpp"
#include "keys/stored_keys.hpp"
#include "util/error.hpp"

namespace postato::keys {

void SealAccounts::settle(const crypto::DataKeys& keys, const crypto::KeyRing& ring) {
    for (const auto& key : keys.all())
        if (accountFor(*key)) replaceFull(key->id(), ring);
}

/// Whether the key is the active one and has sealed as much as it may.
bool SealAccounts::accountFor(const crypto::UsableKey& key) {
    const auto seals = key.takeSeals();
    if (seals == 0) return false;
    try {
        const auto id = std::int64_t{key.id()};
        return database_.write([&](persistence::Transaction& tx) {
            persistence::DataKeyRepository stored(tx);
            const auto total = stored.addSeals(id, static_cast<std::int64_t>(seals));
            return total >= seals_per_key_ && stored.activeId() == id;
        });
    } catch (...) {
        key.giveBackSeals(seals);
        throw;
    }
}

void SealAccounts::replaceFull(std::uint32_t id, const crypto::KeyRing& ring) {
    try {
        const auto next = database_.write([&](persistence::Transaction& tx) {
            return replaceFullDataKey(tx, std::int64_t{id}, ring, random_);
        });
        limit_waits_ = false;
        log_.info("keys.limit_reached", {{"dataKey", std::int64_t{id}}, {"next", next}});
    } catch (const Error& error) {
        const bool refused =
            error.code() == ErrorCode::DecryptFailed || error.code() == ErrorCode::Conflict;
        if (!refused) throw;
        if (StoredKeys::readFrom(database_).active().id != id)
            return;  // another process has just done it
        if (!std::exchange(limit_waits_, true))
            log_.error("keys.limit_waits",
                       {{"dataKey", std::int64_t{id}},
                        {"message", error.message()},
                        {"advice",
                         "this data key has sealed as much as it may and goes on; mend what the "
                         "message names, then run `postato key rotate`"}});
    }
}

void SealAccounts::close(const crypto::DataKeys& keys) {
    try {
        for (const auto& key : keys.all()) accountFor(*key);
    } catch (const Error& error) {
        // A few seconds' texts, of billions; nobody waits with a stop for the database to come
        // back.
        log_.warning("keys.seals_uncounted", {{"message", error.message()}});
    }
}

}  // namespace postato::keys
