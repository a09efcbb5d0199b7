#include "keys/stored_keys.hpp"

#include <algorithm>
#include <iterator>

#include "util/error.hpp"

namespace postato::keys {

using persistence::DataKeyState;
using persistence::StoredDataKey;

StoredKeys StoredKeys::readFrom(persistence::Database& database) {
    return database.read([](persistence::Transaction& tx) {
        return StoredKeys{persistence::DataKeyRepository(tx).list(), tx.now()};
    });
}

const StoredDataKey* StoredKeys::findActive() const {
    const auto found = std::find_if(keys.begin(), keys.end(), [](const auto& key) {
        return key.state == DataKeyState::Active;
    });
    return found == keys.end() ? nullptr : &*found;
}

const StoredDataKey& StoredKeys::active() const {
    const auto* active = findActive();
    if (active == nullptr)
        throw Error(
            ErrorCode::Conflict,
            PublicMessage{"No data key of this database is active; run `postato key rotate`"});
    return *active;
}

const StoredDataKey* StoredKeys::find(std::uint32_t id) const {
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const auto& key) {
        return idOf(key) == id && key.state != DataKeyState::Retired;
    });
    return found == keys.end() ? nullptr : &*found;
}

std::vector<StoredDataKey> StoredKeys::inUse() const {
    std::vector<StoredDataKey> in_use;
    std::copy_if(keys.begin(), keys.end(), std::back_inserter(in_use),
                 [](const auto& key) { return key.state != DataKeyState::Retired; });
    return in_use;
}

std::uint32_t idOf(const StoredDataKey& key) { return static_cast<std::uint32_t>(key.id); }

}  // namespace postato::keys
