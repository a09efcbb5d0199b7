#pragma once

/// \file
/// Shared objects that no linker would make.

#include <string>

namespace postato::platforms::testing {

/// Cut in the middle, as an interrupted copy leaves it.
std::string cutInHalf(std::string object);

/// The parts that are read without loading it are whole; what its headers promise to map is not
/// there, so that the loader of the system touches pages behind the end of the file.
std::string withMissingPages(std::string object);

/// Says that it is for another kind of machine.
std::string forAnotherMachine(std::string object);

}  // namespace postato::platforms::testing
