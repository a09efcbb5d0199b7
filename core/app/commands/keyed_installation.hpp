#pragma once

/// \file
/// What commands about keys share: an installation and its key ring.

#include <memory>
#include <string>

#include "app/commands/installation.hpp"
#include "app/key_source.hpp"

namespace postato::app {

/// Hardens the process first: keys will be in its memory. Throws as Installation, and Error when
/// there is no ring.
class KeyedInstallation {
public:
    explicit KeyedInstallation(const Arguments& arguments);

    bool isRingFile() const;
    /// Throws Error{InvalidArgument} that says where else to `act` when the ring is no file of
    /// ours.
    void requireRingFile(const std::string& act) const;

private:
    SharedRing handed_over_;

public:
    Installation installation;
    std::shared_ptr<const crypto::KeyRing> ring;
};

}  // namespace postato::app
