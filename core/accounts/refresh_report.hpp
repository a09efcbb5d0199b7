#pragma once

/// \file
/// What whoever wants an account refreshed is told.

#include <string>

namespace postato::accounts {

/// What asking for a refresh came to.
struct RefreshReport {
    bool refreshed = false;
    /// `refreshed`, `joined` (another did it meanwhile), `too_soon`, `not_refreshable`,
    /// `too_early`, `in_doubt` (an answer was lost), `confirming` (refused once, asked again soon),
    /// `reconnect_required`, `platform_unavailable`, `app_misconfigured`, `in_progress`, `settling`
    /// (this process may not ask now: the database is another one than before, a key or room in the
    /// journal is missing, or an answer waits to be stored).
    std::string reason;
};

}  // namespace postato::accounts
