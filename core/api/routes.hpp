#pragma once

/// \file
/// The one table of everything this service answers to.

#include <span>

#include "api/route.hpp"

namespace postato::api {

std::span<const Route> routes();

}  // namespace postato::api
