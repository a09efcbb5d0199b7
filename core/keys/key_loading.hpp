#pragma once

/// \file
/// The data keys of a database as a key ring opens them, for one look at it; nothing is changed.

#include "crypto/data_keys.hpp"
#include "crypto/key_ring.hpp"
#include "persistence/database.hpp"
#include "util/ids.hpp"

namespace postato::keys {

/// Unwraps every data key; reads only what the first schema had. Throws
/// Error{DecryptFailed} for a ring that is not this database's, Error{Conflict} when rows are
/// sealed but their keys are gone.
void checkKeyRing(persistence::Database& database, const crypto::KeyRing& ring);

/// The keys as they are now, for one look at an installation, and whose they are. Throws as
/// `checkKeyRing`.
InstallationId loadDataKeys(persistence::Database& database, const crypto::KeyRing& ring,
                            crypto::DataKeys& keys);

}  // namespace postato::keys
