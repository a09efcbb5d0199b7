#include "app/key_custody.hpp"

#include <map>

#include "persistence/installation_repository.hpp"
#include "util/error.hpp"

namespace postato::app {
namespace {

using persistence::InstallationRepository;
using persistence::StoredDataKey;
using persistence::Transaction;

constexpr std::int64_t kFirstKey = 1;

struct Stored {
    std::optional<InstallationId> installation;
    std::vector<StoredDataKey> keys;
};

Stored readStored(Transaction& tx) {
    InstallationRepository installations(tx);
    Stored stored{installations.find(), installations.dataKeys()};
    if (stored.keys.empty() && installations.hasSealedRows())
        throw Error(
            ErrorCode::Conflict,
            PublicMessage{"The database holds sealed rows, but the keys they were sealed with "
                          "are gone from it; restore the table data_keys from a backup"});
    return stored;
}

std::map<std::uint32_t, crypto::DataKey> unwrapAll(const Stored& stored,
                                                   const crypto::KeyRing& ring) {
    std::map<std::uint32_t, crypto::DataKey> keys;
    for (const auto& key : stored.keys) {
        if (key.state == "retired") continue;
        const auto id = static_cast<std::uint32_t>(key.id);
        keys.emplace(id,
                     crypto::unwrapDataKey(ring, stored.installation->str(), {id, key.wrapped}));
    }
    return keys;
}

std::uint32_t activeKey(const Stored& stored) {
    std::int64_t active = 0;
    for (const auto& key : stored.keys) {
        if (key.state == "active") active = std::max(active, key.id);
    }
    if (active == 0)
        throw Error(ErrorCode::Conflict, PublicMessage{"No data key of this database is active"});
    return static_cast<std::uint32_t>(active);
}

Stored ensureKey(Transaction& tx, const crypto::KeyRing& ring, const Clock& clock, Random& random) {
    InstallationRepository installations(tx);
    const auto id = installations.ensure(InstallationId::make(clock.now(), random));
    auto stored = readStored(tx);
    if (!stored.keys.empty()) return stored;
    const auto fresh = crypto::createDataKey(ring, id.str(), kFirstKey, random);
    installations.insertDataKey({kFirstKey, fresh.wrapped, "active", 0});
    return readStored(tx);
}

}  // namespace

void checkKeyRing(persistence::Database& database, const crypto::KeyRing& ring) {
    const auto stored = database.read([](Transaction& tx) { return readStored(tx); });
    if (stored.installation) unwrapAll(stored, ring);
}

std::unique_ptr<crypto::TokenCipher> openTokenCipher(persistence::Database& database,
                                                     const crypto::KeyRing& ring,
                                                     const Clock& clock, Random& random) {
    const auto ensure = [&](Transaction& tx) { return ensureKey(tx, ring, clock, random); };
    Stored stored;
    try {
        stored = database.write(ensure);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::Conflict) throw;
        // Another process made the first key at the same moment: its key is the one that stands.
        stored = database.write(ensure);
    }
    auto keys = unwrapAll(stored, ring);
    return std::make_unique<crypto::TokenCipher>(stored.installation->str(), std::move(keys),
                                                 activeKey(stored), random);
}

}  // namespace postato::app
