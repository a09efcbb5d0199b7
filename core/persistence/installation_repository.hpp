#pragma once

/// \file
/// What belongs to the installation as a whole.

#include <optional>

#include "persistence/database.hpp"
#include "util/ids.hpp"

namespace postato::persistence {

class InstallationRepository {
public:
    explicit InstallationRepository(Transaction& tx) : tx_(tx) {}
    std::optional<InstallationId> find();
    /// The first caller's id wins; the id that stands is returned.
    InstallationId ensure(const InstallationId& proposal);

    /// Whether anything in the database is sealed.
    bool hasSealedRows();

private:
    Transaction& tx_;
};

}  // namespace postato::persistence
