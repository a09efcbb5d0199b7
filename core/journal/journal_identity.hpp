#pragma once

/// \file
/// The name by which the database knows a journal on some machine's disk.

#include <filesystem>
#include <string>

#include "util/clock.hpp"
#include "util/random.hpp"

namespace postato::journal {

/// The name of the journal in `directory`, which it keeps for ever; given by whoever asks first.
/// Throws Error{Unavailable}.
std::string identify(const std::filesystem::path& directory, TimePoint now, Random& random);

}  // namespace postato::journal
