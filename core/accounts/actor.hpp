#pragma once

/// \file
/// Who does something to an account.

#include <string>

namespace postato::accounts {

/// The id that events and `connected_by` record: a user, API key or connect link, or `system`.
struct Actor {
    std::string id;
    static Actor system() { return {"system"}; }
};

}  // namespace postato::accounts
