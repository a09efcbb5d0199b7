#pragma once

/// \file
/// From the key ring to a cipher: who may open what is sealed in this database (CRY-05).

#include <memory>

#include "crypto/key_ring.hpp"
#include "crypto/token_cipher.hpp"
#include "persistence/database.hpp"
#include "util/random.hpp"

namespace postato::app {

/// Unwraps every data key without changing anything. Throws Error{DecryptFailed} for a ring that is
/// not this database's, and Error{Conflict} when rows are sealed but their keys are gone.
void checkKeyRing(persistence::Database& database, const crypto::KeyRing& ring);

/// The cipher of this installation. The first start makes the installation's id and its data key; a
/// key is never made while sealed rows exist. Several processes may do this at once. Throws as
/// `checkKeyRing`.
std::unique_ptr<crypto::TokenCipher> openTokenCipher(persistence::Database& database,
                                                     const crypto::KeyRing& ring,
                                                     const Clock& clock, Random& random);

}  // namespace postato::app
