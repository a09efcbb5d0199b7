#include "accounts/workers.hpp"

#include "accounts/work_lane.hpp"

namespace postato::accounts {

Workers::Workers(const PlatformGateway& platforms, TokenRefresher& refresher,
                 JournalSettling& settling, RevocationQueue& revocations, Housekeeper& housekeeper,
                 const Logger& log, WorkerPolicy policy, std::vector<Chore> chores)
    : platforms_(platforms),
      refresher_(refresher),
      settling_(settling),
      revocations_(revocations),
      housekeeper_(housekeeper),
      log_(log),
      policy_(policy),
      chores_(std::move(chores)) {}

Workers::~Workers() { stop(); }

void Workers::start() {
    for (const auto& entry : platforms_.registry.list()) {
        if (!entry.platform) continue;
        lanes_.push_back(std::make_unique<WorkLane>(
            "refresh/" + entry.id, policy_.refreshes_per_platform, policy_.poll,
            [this, platform = entry.id](std::size_t free) {
                std::vector<WorkLane::Job> jobs;
                for (auto& claim : refresher_.claimDue(platform, static_cast<std::int64_t>(free)))
                    jobs.emplace_back([this, claim = std::move(claim)](std::stop_token stop) {
                        refresher_.run(claim, {.stop = stop});
                    });
                return jobs;
            },
            log_));
    }
    addPulse("journal", policy_.poll, [this] { settling_.beat(); });
    addPulse("connects", policy_.poll, [this] { settling_.beatConnects(); });
    for (std::size_t i = 0; i < policy_.revocations; ++i)
        pulses_.push_back(std::make_unique<Pulse>(
            "revocation", policy_.poll, [this] { return revocations_.runDue(1) > 0; }, log_));
    addPulse("housekeeping", policy_.housekeeping, [this] { housekeeper_.sweep(); });
    for (const auto& chore : chores_) addPulse(chore.name, chore.interval, chore.run);
}

void Workers::addPulse(const std::string& name, std::chrono::milliseconds interval,
                       const std::function<void()>& beat) {
    pulses_.push_back(std::make_unique<Pulse>(
        name, interval,
        [beat] {
            beat();
            return false;
        },
        log_));
}

void Workers::requestStop() {
    for (auto& lane : lanes_) lane->requestStop();
    for (auto& pulse : pulses_) pulse->requestStop();
}

std::size_t Workers::refreshesUnderWay() {
    std::size_t count = 0;
    for (const auto& lane : lanes_) count += lane->underWay();
    return count;
}

void Workers::finishRefreshes() {
    for (auto& lane : lanes_) lane->join();
}

void Workers::stop() {
    requestStop();
    finishRefreshes();
    lanes_.clear();
    pulses_.clear();
}

}  // namespace postato::accounts
