#pragma once

/// \file
/// The data keys as the database had them at one moment.

#include <cstdint>
#include <vector>

#include "persistence/data_key_repository.hpp"
#include "persistence/database.hpp"

namespace postato::keys {

struct StoredKeys {
    std::vector<persistence::StoredDataKey> keys;  ///< retired ones too
    TimePoint now;                                 ///< the database's

    /// Throws Error{Unavailable}.
    static StoredKeys readFrom(persistence::Database& database);

    const persistence::StoredDataKey* findActive() const;
    /// Throws Error{Conflict} where none is.
    const persistence::StoredDataKey& active() const;
    /// Nothing for one that is retired.
    const persistence::StoredDataKey* find(std::uint32_t id) const;
    /// Those that are not retired.
    std::vector<persistence::StoredDataKey> inUse() const;
};

std::uint32_t idOf(const persistence::StoredDataKey& key);

}  // namespace postato::keys
