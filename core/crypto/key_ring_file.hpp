#pragma once

/// \file
/// A key ring's file while somebody changes it.

#include <sys/stat.h>

#include <filesystem>

#include "crypto/key_ring.hpp"
#include "util/descriptor.hpp"

namespace postato::crypto {

/// Nobody else changes the file by this program while the object lives, so what two commands did at
/// once is never written over. They find each other by a lock on `<file>.lock`, a file that stays:
/// to remove it would let a third command lock another one of that name. Whoever only reads the
/// ring needs no lock.
///
/// Everything throws Error{InvalidArgument} with one sentence for the operator, as KeyRing::load.
class KeyRingFile {
public:
    /// Locks the file and reads it. Does not wait: another command that holds it is named.
    explicit KeyRingFile(std::filesystem::path file);

    const std::filesystem::path& path() const noexcept { return file_; }
    /// For changes, which stay here until `save`.
    KeyRing& ring() noexcept { return ring_; }

    /// Puts the ring in the place of the one that was read, in one step: whoever reads it meanwhile
    /// gets the old ring or the new one, and so does a machine that loses power. The owner and mode
    /// of a new file. Refuses when another hand has changed the file meanwhile.
    void save();

private:
    std::filesystem::path file_;
    Descriptor lock_;
    struct stat seen_;
    KeyRing ring_;
};

}  // namespace postato::crypto
