#pragma once

/// \file
/// The breakers of all platforms, and the incidents that people are told of.

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "accounts/platform_breaker.hpp"
#include "persistence/database.hpp"
#include "persistence/incident_repository.hpp"
#include "util/log.hpp"

namespace postato::accounts {

/// Each process has breakers of its own, fed by what it sees itself. Incidents stand in the
/// database: one for each platform and cause, however many processes meet it. Thread-safe.
class PlatformBreakers {
public:
    /// `clock` must not jump: see RunningClock.
    PlatformBreakers(persistence::Database& database, const Clock& clock, Random& random,
                     const Logger& log, BreakerPolicy policy)
        : database_(database), clock_(clock), random_(random), log_(log), policy_(policy) {}

    /// How many refreshes may begin at the platform now, of those wanted.
    std::size_t admitted(const std::string& platform, std::size_t wanted);
    /// Some of them did begin.
    void began(const std::string& platform);
    /// What is wrong with the platform, as far as this process has seen.
    std::optional<Incident> incident(const std::string& platform);

    /// What a refresh came to. A change of the breaker opens or closes the incident; a database
    /// that is away then learns of it by `reconcile`.
    void succeeded(const std::string& platform);
    void failed(const std::string& platform, const std::string& account, sdk::ErrorKind kind);

    /// See PlatformBreaker; that another process sees many rejected counts too.
    bool believesRejections(persistence::Transaction& tx, const std::string& platform);

    /// Makes the incidents in the database those that this process sees: opens what it has not got,
    /// closes what a success since then has ended, also for processes that are gone.
    void reconcile();

    std::vector<persistence::PlatformIncident> open();

private:
    template <class Use>
    auto with(const std::string& platform, Use use);
    void report(const std::string& platform, PlatformBreaker::Change change);
    void record(const std::string& platform, Incident incident);
    void close(const std::string& platform);

    persistence::Database& database_;
    const Clock& clock_;
    Random& random_;
    const Logger& log_;
    const BreakerPolicy policy_;
    std::mutex mutex_;
    std::map<std::string, PlatformBreaker> breakers_;
};

}  // namespace postato::accounts
