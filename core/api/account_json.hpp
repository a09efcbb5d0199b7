#pragma once

/// \file
/// An account as the API shows it. Nothing secret is in reach here: tokens are in no type it sees.

#include <nlohmann/json_fwd.hpp>

#include "accounts/account_service.hpp"

namespace postato::api {

nlohmann::json accountJson(const accounts::AccountView& view);

}  // namespace postato::api
