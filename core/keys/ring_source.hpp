#pragma once

/// \file
/// Where the key ring comes from: a file, the environment, a command.

#include <functional>
#include <memory>

#include "crypto/key_ring.hpp"

namespace postato::keys {

/// Reads the ring, anew each time where it can change. Throws Error whose message is one sentence
/// for the operator. Thread-safe.
using RingSource = std::function<std::shared_ptr<const crypto::KeyRing>()>;

}  // namespace postato::keys
