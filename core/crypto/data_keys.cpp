#include "crypto/data_keys.hpp"

#include <mutex>

#include "util/error.hpp"

namespace postato::crypto {

DataKeys::Key DataKeys::active() const {
    const std::shared_lock lock(mutex_);
    if (!active_)
        throw Error(ErrorCode::Unavailable, PublicMessage{"Nothing can be sealed now; try again"},
                    InternalDetail{"this process has no data key that may seal"});
    return active_;
}

std::optional<std::uint32_t> DataKeys::activeId() const {
    const std::shared_lock lock(mutex_);
    return active_ ? std::optional(active_->id()) : std::nullopt;
}

DataKeys::Key DataKeys::known(std::uint32_t id) const {
    const std::shared_lock lock(mutex_);
    const auto found = keys_.find(id);
    return found == keys_.end() ? nullptr : found->second;
}

DataKeys::Key DataKeys::find(std::uint32_t id) const {
    auto key = known(id);
    if (key || !on_miss_) return key;
    on_miss_(id);
    return known(id);
}

std::vector<DataKeys::Key> DataKeys::all() const {
    const std::shared_lock lock(mutex_);
    std::vector<Key> keys;
    for (const auto& [id, key] : keys_) keys.push_back(key);
    return keys;
}

void DataKeys::put(std::uint32_t id, DataKey bytes) {
    auto key = std::make_shared<const UsableKey>(id, std::move(bytes));
    const std::unique_lock lock(mutex_);
    keys_.try_emplace(id, std::move(key));
}

void DataKeys::replace(std::uint32_t id, DataKey bytes) {
    auto key = std::make_shared<const UsableKey>(id, std::move(bytes));
    const std::unique_lock lock(mutex_);
    if (active_ && active_->id() == id) active_ = key;
    keys_.insert_or_assign(id, std::move(key));
}

void DataKeys::activate(std::uint32_t id) {
    const std::unique_lock lock(mutex_);
    active_ = keys_.at(id);
}

void DataKeys::deactivate() {
    const std::unique_lock lock(mutex_);
    active_ = nullptr;
}

void DataKeys::remove(std::uint32_t id) {
    const std::unique_lock lock(mutex_);
    if (active_ && active_->id() == id) active_ = nullptr;
    keys_.erase(id);
}

}  // namespace postato::crypto
