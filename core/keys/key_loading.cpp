#include "keys/key_loading.hpp"

#include <optional>
#include <vector>

#include "keys/key_changes.hpp"
#include "persistence/data_key_repository.hpp"
#include "persistence/installation_repository.hpp"
#include "util/error.hpp"

namespace postato::keys {
namespace {

struct StoredWraps {
    std::optional<InstallationId> installation;
    std::vector<persistence::StoredWrap> wraps;
};

StoredWraps readWraps(persistence::Database& database) {
    return database.read([](persistence::Transaction& tx) {
        persistence::InstallationRepository installations(tx);
        StoredWraps stored{installations.find(), persistence::DataKeyRepository(tx).wraps()};
        if (stored.wraps.empty() && installations.hasSealedRows()) throw lostKeys();
        return stored;
    });
}

crypto::DataKey unwrap(const crypto::KeyRing& ring, const InstallationId& installation,
                       const persistence::StoredWrap& key) {
    return crypto::unwrapDataKey(ring, installation.str(),
                                 {static_cast<std::uint32_t>(key.id), key.wrapped});
}

}  // namespace

void checkKeyRing(persistence::Database& database, const crypto::KeyRing& ring) {
    const auto stored = readWraps(database);
    if (!stored.installation) return;
    for (const auto& key : stored.wraps) unwrap(ring, *stored.installation, key);
}

InstallationId loadDataKeys(persistence::Database& database, const crypto::KeyRing& ring,
                            crypto::DataKeys& keys) {
    const auto stored = readWraps(database);
    if (!stored.installation)
        throw Error(ErrorCode::Conflict,
                    PublicMessage{"This database was never used; `postato serve` sets it up at its "
                                  "first start"});
    for (const auto& key : stored.wraps)
        keys.put(static_cast<std::uint32_t>(key.id), unwrap(ring, *stored.installation, key));
    return *stored.installation;
}

}  // namespace postato::keys
