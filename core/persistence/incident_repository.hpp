#pragma once

/// \file
/// What was, or is, wrong with a platform as a whole. Platforms belong to the installation, so no
/// workspace is named.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "persistence/database.hpp"
#include "util/ids.hpp"

namespace postato::persistence {

struct PlatformIncident {
    IncidentId id;
    std::string platform;
    std::string cause;
    TimePoint opened_at;
};

class IncidentRepository {
public:
    explicit IncidentRepository(Transaction& tx) : tx_(tx) {}

    /// False when this cause is open already.
    bool open(const std::string& platform, std::string_view cause, Random& random);
    /// Every open one of the platform; how many there were.
    std::int64_t close(const std::string& platform);
    /// By platform and time.
    std::vector<PlatformIncident> listOpen();
    /// When the platform's open one of this cause was opened.
    std::optional<TimePoint> openSince(const std::string& platform, std::string_view cause);
    /// Forgets those that were closed before.
    std::int64_t sweep(TimePoint before);

private:
    Transaction& tx_;
};

}  // namespace postato::persistence
