#include "persistence/incident_repository.hpp"

namespace postato::persistence {

// Two processes may open the same one at once: then the second does nothing.
constexpr Statement kOpen{"incident.open",
                          "INSERT INTO platform_incidents (id, platform, cause, opened_at) "
                          "VALUES (:id, :platform, :cause, :now) "
                          "ON CONFLICT (platform, cause) WHERE closed_at IS NULL DO NOTHING"};

bool IncidentRepository::open(const std::string& platform, std::string_view cause, Random& random) {
    return tx_.execute(
               kOpen, {arg("id", IncidentId::make(tx_.now(), random).str()),
                       arg("platform", platform), arg("cause", cause), arg("now", tx_.now())}) == 1;
}

constexpr Statement kClose{"incident.close",
                           "UPDATE platform_incidents SET closed_at = :now "
                           "WHERE platform = :platform AND closed_at IS NULL"};

std::int64_t IncidentRepository::close(const std::string& platform) {
    return tx_.execute(kClose, {arg("now", tx_.now()), arg("platform", platform)});
}

constexpr Statement kListOpen{"incident.list_open",
                              "SELECT id, platform, cause, opened_at FROM platform_incidents "
                              "WHERE closed_at IS NULL ORDER BY platform, opened_at",
                              "ttti"};

std::vector<PlatformIncident> IncidentRepository::listOpen() {
    std::vector<PlatformIncident> incidents;
    for (const auto& row : tx_.query(kListOpen))
        incidents.push_back(
            {IncidentId::trusted(row.text(0)), row.text(1), row.text(2), row.time(3)});
    return incidents;
}

constexpr Statement kOpenSince{"incident.open_since",
                               "SELECT MIN(opened_at) FROM platform_incidents "
                               "WHERE platform = :platform AND cause = :cause "
                               "AND closed_at IS NULL",
                               "i"};

std::optional<TimePoint> IncidentRepository::openSince(const std::string& platform,
                                                       std::string_view cause) {
    const auto row = tx_.queryOne(kOpenSince, {arg("platform", platform), arg("cause", cause)});
    return row ? row->optionalTime(0) : std::nullopt;
}

constexpr Statement kSweep{"incident.sweep",
                           "DELETE FROM platform_incidents WHERE closed_at < :before"};

std::int64_t IncidentRepository::sweep(TimePoint before) {
    return tx_.execute(kSweep, {arg("before", before)});
}

}  // namespace postato::persistence
