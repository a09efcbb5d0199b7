#pragma once

/// \file
/// Where this installation's key ring comes from: the environment, a command, or a file.

#include <memory>

#include "app/config.hpp"
#include "keys/ring_source.hpp"

namespace postato::app {

using SharedRing = std::shared_ptr<const crypto::KeyRing>;

/// The ring that the variable kRingVariable holds; nothing when it is not set. Its text is wiped
/// from the environment, so that no child process inherits it and nobody finds it in /proc: to be
/// called once, before threads and child processes are started. Throws as KeyRing::parse.
SharedRing takeRingFromEnvironment();

enum class RingOrigin { Environment = 1, Command, File };

RingOrigin originOf(const EncryptionConfig& config, const SharedRing& handed_over);

/// `handed_over` if there is one; otherwise what the configured command prints, or the file holds.
/// The two are read anew at each call.
keys::RingSource ringSource(const EncryptionConfig& config, SharedRing handed_over);

}  // namespace postato::app
