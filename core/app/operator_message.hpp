#pragma once

/// \file
/// A failure in words for whoever runs the program.

#include <exception>
#include <string>

namespace postato::app {

/// One line. An Error's detail is for logs, not for API clients; the operator reads the logs, so it
/// is here too: the fields that are wrong, and what the database or the system said.
std::string operatorMessage(const std::exception& problem);

}  // namespace postato::app
