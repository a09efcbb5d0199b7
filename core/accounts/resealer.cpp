#include "accounts/resealer.hpp"

#include <algorithm>

#include "persistence/data_key_repository.hpp"
#include "persistence/sealed_row_repository.hpp"
#include "util/error.hpp"

namespace postato::accounts {
namespace {

using persistence::DataKeyState;

std::optional<DataKeyState> stateOf(const std::vector<persistence::StoredDataKey>& stored,
                                    std::uint32_t id) {
    const auto found = std::find_if(stored.begin(), stored.end(),
                                    [&](const auto& key) { return key.id == std::int64_t{id}; });
    return found == stored.end() ? std::nullopt : std::optional(found->state);
}

}  // namespace

std::int64_t Resealer::runShare() {
    const auto active = keys_.active()->id();
    const auto stored = database_.read(
        [](persistence::Transaction& tx) { return persistence::DataKeyRepository(tx).list(); });
    // A process may not have taken up the newest key yet, or not have left one that a failover
    // lost. Under its own key it would undo what others do.
    if (stateOf(stored, active) != DataKeyState::Active) return 0;
    Share share;
    // By their state, not their numbers: a key that was lost and put back may have a larger one.
    for (const auto& key : stored) {
        const auto id = static_cast<std::uint32_t>(key.id);
        if (key.state == DataKeyState::Replaced && keys_.known(id) &&
            share.looked_at < policy_.per_second)
            runKey(id, share);
    }
    return share.sealed_anew;
}

void Resealer::runKey(std::uint32_t key, Share& share) {
    auto& walk = walks_[key];
    if (Steady::now() < walk.resume_at) return;
    const auto before = share.sealed_anew;
    while (share.looked_at < policy_.per_second) {
        const auto left = policy_.per_second - share.looked_at;
        const auto batch = runBatch(key, walk.after, std::min(policy_.per_transaction, left));
        share.looked_at += batch.looked_at;
        share.sealed_anew += batch.sealed_anew;
        walk.unreadable += batch.unreadable;
        if (!batch.last.empty()) {
            walk.after = batch.last;
            continue;
        }
        // The end; those passed over because somebody worked on them come up in the next walk.
        const bool unreadable = walk.unreadable > 0;
        walk = {};
        if (unreadable) walk.resume_at = Steady::now() + policy_.try_unreadable_again;
        break;
    }
    if (const auto done = share.sealed_anew - before; done > 0)
        log_.info("reseal.progress", {{"dataKey", std::int64_t{key}}, {"accounts", done}});
}

Resealer::Batch Resealer::runBatch(std::uint32_t key, const std::string& after, std::int64_t most) {
    return database_.write([&](persistence::Transaction& tx) {
        persistence::SealedRowRepository rows(tx);
        Batch batch;
        for (const auto& pair : rows.takeUnder(key, after, most)) {
            batch.last = pair.account_id.str();
            ++batch.looked_at;
            try {
                batch.sealed_anew += rows.storeSealedAnew(vault_.sealAnew(pair), key) ? 1 : 0;
            } catch (const Error& error) {
                if (error.code() != ErrorCode::DecryptFailed) throw;
                // The others must not wait for it; `key verify` and `key status` name it too.
                ++batch.unreadable;
                log_.error("reseal.unreadable",
                           {{"account", pair.account_id.str()}, {"detail", error.detail()}});
            }
        }
        return batch;
    });
}

}  // namespace postato::accounts
