#include "accounts/platform_breakers.hpp"

namespace postato::accounts {
namespace {

using Change = PlatformBreaker::Change;

}  // namespace

template <class Use>
auto PlatformBreakers::with(const std::string& platform, Use use) {
    const std::lock_guard lock(mutex_);
    return use(breakers_.try_emplace(platform, policy_, random_).first->second);
}

std::size_t PlatformBreakers::admitted(const std::string& platform, std::size_t wanted) {
    return with(platform, [&](auto& breaker) { return breaker.admitted(wanted, clock_.now()); });
}

void PlatformBreakers::began(const std::string& platform) {
    with(platform, [&](auto& breaker) { breaker.began(clock_.now()); });
}

std::optional<Incident> PlatformBreakers::incident(const std::string& platform) {
    return with(platform, [](auto& breaker) { return breaker.incident(); });
}

void PlatformBreakers::succeeded(const std::string& platform) {
    report(platform,
           with(platform, [&](auto& breaker) { return breaker.succeeded(clock_.now()); }));
}

void PlatformBreakers::failed(const std::string& platform, const std::string& account,
                              sdk::ErrorKind kind) {
    report(platform, with(platform, [&](auto& breaker) {
               return breaker.failed(account, kind, clock_.now());
           }));
}

bool PlatformBreakers::believesRejections(persistence::Transaction& tx,
                                          const std::string& platform) {
    if (!with(platform, [&](auto& breaker) { return breaker.believesRejections(clock_.now()); }))
        return false;
    // That other processes find a platform away may be their own trouble. That it refuses many
    // people is not.
    const auto since =
        persistence::IncidentRepository(tx).openSince(platform, word(Incident::ManyRejected));
    return !since || tx.now() >= *since + policy_.disbelief;
}

void PlatformBreakers::report(const std::string& platform, Change change) {
    if (change == Change::None) return;
    try {
        if (change != Change::Opened) close(platform);
        if (change == Change::Closed) return;
        if (const auto incident = with(platform, [](auto& breaker) { return breaker.incident(); }))
            record(platform, *incident);
    } catch (const Error& error) {
        // The refresh that brought the news goes on; reconcile() tells the database later.
        log_.warning("platform.incident_unrecorded",
                     {{"platform", platform}, {"detail", error.detail()}});
    }
}

void PlatformBreakers::record(const std::string& platform, Incident incident) {
    const bool first = database_.write([&](persistence::Transaction& tx) {
        return persistence::IncidentRepository(tx).open(platform, word(incident), random_);
    });
    if (first) log_.error("platform.paused", {{"platform", platform}, {"cause", word(incident)}});
}

void PlatformBreakers::close(const std::string& platform) {
    const auto closed = database_.write([&](persistence::Transaction& tx) {
        return persistence::IncidentRepository(tx).close(platform);
    });
    if (closed > 0) log_.info("platform.resumed", {{"platform", platform}});
}

void PlatformBreakers::reconcile() {
    std::map<std::string, PlatformBreaker> seen;
    {
        const std::lock_guard lock(mutex_);
        seen = breakers_;
    }
    TimePoint now;
    const auto open = database_.read([&](persistence::Transaction& tx) {
        now = tx.now();
        return persistence::IncidentRepository(tx).listOpen();
    });
    const auto here = clock_.now();
    for (const auto& incident : open) {
        const auto breaker = seen.find(incident.platform);
        if (breaker == seen.end() || breaker->second.incident()) continue;
        const auto success = breaker->second.lastSuccess();
        if (success && here - *success < now - incident.opened_at) close(incident.platform);
    }
    for (const auto& [platform, breaker] : seen)
        // As it is by now: what has ended since must not be opened again.
        if (const auto incident = with(platform, [](auto& one) { return one.incident(); }))
            record(platform, *incident);
}

std::vector<persistence::PlatformIncident> PlatformBreakers::open() {
    return database_.read([](persistence::Transaction& tx) {
        return persistence::IncidentRepository(tx).listOpen();
    });
}

}  // namespace postato::accounts
