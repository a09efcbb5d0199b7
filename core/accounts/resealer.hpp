#pragma once

/// \file
/// Seals tokens anew under the active data key, in the background, after another took its place.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "accounts/token_vault.hpp"
#include "crypto/data_keys.hpp"
#include "persistence/database.hpp"
#include "util/log.hpp"

namespace postato::accounts {

struct ResealPolicy {
    std::int64_t per_second = 500;  ///< accounts looked at by this process
    std::int64_t per_transaction = 100;
    /// How long what does not open is left alone before it is tried, and told of, again.
    std::chrono::milliseconds try_unreadable_again{60'000};
};

/// Any number of processes may do it at once, and each may be killed at any moment: what is done is
/// committed, and the next one goes on with what is not. A refresh meanwhile is never held up for
/// longer than one transaction, and never loses. One thread.
class Resealer {
public:
    Resealer(persistence::Database& database, const TokenVault& vault, const crypto::DataKeys& keys,
             const Logger& log, ResealPolicy policy)
        : database_(database), vault_(vault), keys_(keys), log_(log), policy_(policy) {}

    /// To be called every second: one second's share of what is left. How many accounts were
    /// sealed anew. Throws Error{Unavailable}.
    std::int64_t runShare();

private:
    struct Batch {
        std::int64_t looked_at = 0;
        std::int64_t sealed_anew = 0;
        std::int64_t unreadable = 0;
        std::string last;  ///< account; empty: there was none
    };
    /// What does not open counts too: it costs as much.
    struct Share {
        std::int64_t looked_at = 0;
        std::int64_t sealed_anew = 0;
    };
    /// Walks the pairs under one key, from where the last share ended.
    void runKey(std::uint32_t key, Share& share);
    Batch runBatch(std::uint32_t key, const std::string& after, std::int64_t most);

    using Steady = std::chrono::steady_clock;
    /// Where the walk under one key stands.
    struct Walk {
        std::string after;
        std::int64_t unreadable = 0;
        Steady::time_point resume_at{};
    };

    persistence::Database& database_;
    const TokenVault& vault_;
    const crypto::DataKeys& keys_;
    const Logger& log_;
    const ResealPolicy policy_;
    std::map<std::uint32_t, Walk> walks_;
};

}  // namespace postato::accounts
