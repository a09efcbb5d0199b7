#pragma once

/// \file
/// What belongs to the installation as a whole: its id and its wrapped data keys.

#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"
#include "util/ids.hpp"

namespace postato::persistence {

struct StoredDataKey {
    std::int64_t id = 0;
    std::string wrapped;
    std::string state;  ///< active, retiring, retired
    std::int64_t seals = 0;
};

class InstallationRepository {
public:
    explicit InstallationRepository(Transaction& tx) : tx_(tx) {}
    std::optional<InstallationId> find();
    /// The first caller's id wins; the id that stands is returned.
    InstallationId ensure(const InstallationId& proposal);

    std::vector<StoredDataKey> dataKeys();
    void insertDataKey(const StoredDataKey& key);
    void addSeals(std::int64_t key_id, std::int64_t count);
    /// Whether anything in the database is sealed.
    bool hasSealedRows();

private:
    Transaction& tx_;
};

}  // namespace postato::persistence
