#pragma once

/// \file
/// What the process does at its very start so that its memory stays its own (SEC-03).

namespace postato::crypto {

/// No core file, and no other process of the same user may read this one's memory or attach to it.
/// Throws Error{Internal}.
void hardenProcess();

}  // namespace postato::crypto
