#include "keys/missed_keys.hpp"

#include <algorithm>
#include <cstddef>

namespace postato::keys {
namespace {

constexpr std::chrono::seconds kAskAgainAfter{1};
constexpr std::size_t kKept = 64;  ///< texts that were tampered with may name any number

}  // namespace

std::optional<MissedKeys::Answer> MissedKeys::last(std::uint32_t id) const {
    const std::lock_guard lock(mutex_);
    const auto found = asked_.find(id);
    if (found == asked_.end() || Steady::now() - found->second.at >= kAskAgainAfter)
        return std::nullopt;
    return found->second.answer;
}

void MissedKeys::keep(std::uint32_t id, Answer answer) {
    const std::lock_guard lock(mutex_);
    asked_[id] = {answer, Steady::now()};
    if (asked_.size() <= kKept) return;
    const auto older = [](const auto& a, const auto& b) { return a.second.at < b.second.at; };
    asked_.erase(std::min_element(asked_.begin(), asked_.end(), older));
}

}  // namespace postato::keys
