#pragma once

/// \file
/// Data keys that were looked for in vain: a text under one must not cost a query each time.

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

namespace postato::keys {

/// Thread-safe.
class MissedKeys {
public:
    /// Unknown to the database, or in it and wrapped under what this process's ring lacks.
    enum class Answer { Unknown = 1, OutOfReach };

    /// What was found a moment ago, of this key: one missed in vain says nothing about another.
    std::optional<Answer> last(std::uint32_t id) const;
    void keep(std::uint32_t id, Answer answer);

private:
    using Steady = std::chrono::steady_clock;
    struct Asked {
        Answer answer{};
        Steady::time_point at;
    };

    mutable std::mutex mutex_;
    std::map<std::uint32_t, Asked> asked_;
};

}  // namespace postato::keys
