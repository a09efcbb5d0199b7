#pragma once

/// \file
/// The background threads of one process: refresh, revocation, housekeeping,
/// and what else it is given to do.

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "accounts/housekeeper.hpp"
#include "accounts/journal_settling.hpp"
#include "accounts/revocation_queue.hpp"
#include "accounts/token_refresher.hpp"
#include "accounts/work_lane.hpp"

namespace postato::accounts {

struct WorkerPolicy {
    std::size_t refreshes_per_platform = 8;  ///< concurrency cap, per process
    std::size_t revocations = 4;
    std::chrono::milliseconds poll{500};
    std::chrono::milliseconds housekeeping{15'000};
};

/// Something to be done again and again, on a thread of its own.
struct Chore {
    std::string name;
    std::chrono::milliseconds interval;
    std::function<void()> run;
};

/// Threads run from `start` to `stop`. A database that is away is
/// logged once per outage and polled until it is back; no platform is called meanwhile, since no
/// lease can be committed.
class Workers {
public:
    Workers(const PlatformGateway& platforms, TokenRefresher& refresher, JournalSettling& settling,
            RevocationQueue& revocations, Housekeeper& housekeeper, const Logger& log,
            WorkerPolicy policy, std::vector<Chore> chores);
    ~Workers();

    void start();
    /// Nothing more is claimed from now on.
    void requestStop();
    /// After `requestStop`: how many refreshes are still waited for.
    std::size_t refreshesUnderWay();
    /// Returns when the refreshes under way have ended.
    void finishRefreshes();
    /// As the three above, for everything.
    void stop();

private:
    void addPulse(const std::string& name, std::chrono::milliseconds interval,
                  const std::function<void()>& beat);

    const PlatformGateway& platforms_;
    TokenRefresher& refresher_;
    JournalSettling& settling_;
    RevocationQueue& revocations_;
    Housekeeper& housekeeper_;
    const Logger& log_;
    WorkerPolicy policy_;
    std::vector<Chore> chores_;
    std::vector<std::unique_ptr<WorkLane>> lanes_;
    std::vector<std::unique_ptr<Pulse>> pulses_;
};

}  // namespace postato::accounts
