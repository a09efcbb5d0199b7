#pragma once

/// \file
/// Passwords come from the terminal or standard input, never from the command line, where every
/// other user of the machine could read them.

#include "postato/sdk/secret.hpp"

namespace postato::app {

/// From a terminal: asked twice, not shown. Otherwise the first line of standard input. Throws
/// Error{InvalidArgument} when there is none or the two differ.
sdk::Secret readNewPassword();

}  // namespace postato::app
