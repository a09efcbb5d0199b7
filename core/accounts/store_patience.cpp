#include "accounts/store_patience.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "util/error.hpp"

namespace postato::accounts {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstStoreRetry{200};
constexpr milliseconds kLongestStoreRetry{5'000};
/// A database that is there and takes nothing, as with a broken audit chain, is not waited for.
constexpr int kMostRefusals = 6;

}  // namespace

RefreshReport storePatiently(persistence::Database& database, const Logger& log,
                             const persistence::RefreshClaim& claim, const StorePatience& patience,
                             const std::function<RefreshReport()>& store) {
    milliseconds wait = kFirstStoreRetry;
    milliseconds waited{0};
    int refusals = 0;
    for (;;) {
        try {
            return store();
        } catch (const Error& error) {
            log.error("refresh.store_failed", {{"account", claim.stored.tokens.account_id.str()},
                                               {"platform", claim.platform},
                                               {"detail", error.detail()}});
            if (error.code() != ErrorCode::Unavailable) throw;
            if (database.reachable() && ++refusals >= kMostRefusals) throw;
        }
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any stopped;
        stopped.wait_for(lock, patience.stop, wait, [] { return false; });
        waited += wait;
        if (patience.stop.stop_requested() || waited >= patience.longest)
            throw Error(ErrorCode::Unavailable,
                        PublicMessage{"What the platform answered could not be stored yet"});
        wait = std::min(wait * 2, kLongestStoreRetry);
    }
}

}  // namespace postato::accounts
