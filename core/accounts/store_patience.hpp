#pragma once

/// \file
/// How long to go on trying to store what a platform's answer means while the database is away.

#include <chrono>
#include <functional>
#include <stop_token>

#include "accounts/refresh_report.hpp"
#include "persistence/database.hpp"
#include "persistence/token_repository.hpp"
#include "util/log.hpp"

namespace postato::accounts {

struct StorePatience {
    std::stop_token stop;
    std::chrono::milliseconds longest = std::chrono::milliseconds::max();
};

/// Calls `store` until the database takes it, as long as `patience` says, and for a while when the
/// database is there and will not take it; throws Error{Unavailable} then. Other errors of `store`
/// are thrown at once. Blocks; each failure is logged with the account of `claim`.
RefreshReport storePatiently(persistence::Database& database, const Logger& log,
                             const persistence::RefreshClaim& claim, const StorePatience& patience,
                             const std::function<RefreshReport()>& store);

}  // namespace postato::accounts
