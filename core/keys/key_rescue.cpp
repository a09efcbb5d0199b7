#include "keys/key_rescue.hpp"

#include <algorithm>
#include <utility>

#include "util/error.hpp"

namespace postato::keys {
namespace {

using persistence::DataKeyState;
using persistence::StoredDataKey;

/// A retired one is not lost.
const StoredDataKey* find(const std::vector<StoredDataKey>& stored, std::uint32_t id) {
    const auto found = std::find_if(stored.begin(), stored.end(),
                                    [&](const auto& key) { return key.id == std::int64_t{id}; });
    return found == stored.end() ? nullptr : &*found;
}

}  // namespace

std::set<std::uint32_t> KeyRescue::putBack(const std::string& installation,
                                           const std::vector<KeyCopy>& known,
                                           const std::vector<StoredDataKey>& stored) {
    std::set<std::uint32_t> lost;
    for (const auto& key : known) {
        if (find(stored, key.id) != nullptr) continue;
        putBackOne(installation, key);
        lost.insert(key.id);
    }
    return lost;
}

void KeyRescue::putBackOne(const std::string& installation, const KeyCopy& key) {
    const auto id = std::int64_t{key.id};
    try {
        const bool done = database_.write([&](persistence::Transaction& tx) {
            return putBackDataKey(tx, installation, key, random_);
        });
        putting_back_fails_ = false;
        if (done)
            log_.warning("keys.restored",
                         {{"dataKey", id},
                          {"advice",
                           "a failover or an old backup had lost this data key, and it was put "
                           "back as a replaced one; `postato key verify` proves that all opens"}});
    } catch (const Error& error) {
        if (!std::exchange(putting_back_fails_, true))
            log_.error("keys.restore_failed",
                       {{"dataKey", id},
                        {"message", error.message()},
                        {"advice",
                         "the database has lost this data key and cannot take it back; do not "
                         "stop this process before `keys.restored` is logged"}});
    }
}

void KeyRescue::unusable(const std::string& message, const char* advice) const {
    log_.error("keys.copy_unusable", {{"message", message}, {"advice", advice}});
}

std::vector<OpenedCopy> KeyRescue::openLost(const crypto::KeyRing& ring,
                                            const std::string& installation,
                                            const std::vector<StoredDataKey>& stored) const {
    std::vector<OpenedCopy> lost;
    if (!copies_) return lost;
    const auto listing = copies_->list();
    for (const auto& problem : listing.problems)
        unusable(problem,
                 "answers in this machine's journal may not open, if the database has lost the key "
                 "they are sealed under; see whether a backup has the file, or remove it");
    for (const auto& copy : listing.copies) {
        const auto name = "The copy of data key " + std::to_string(copy.id);
        const auto* row = find(stored, copy.id);
        if (row != nullptr && (row->state == DataKeyState::Retired || row->wrapped == copy.wrapped))
            continue;
        auto bytes = ring.unwrap(installation, copy.id, copy.wrapped);
        if (row == nullptr && bytes)
            lost.push_back({copy, std::move(*bytes)});
        else if (row == nullptr)
            unusable(name + ", which the database lacks, does not open with the key ring",
                     "bring the key ring up to date and start again; until then answers in this "
                     "machine's journal may not open");
        else if (const auto other = ring.unwrap(installation, copy.id, row->wrapped);
                 bytes && other && bytes->view() != other->view())
            unusable(name + " is of another key than the database has under that number",
                     "the database has lost a data key and has given its number away; answers in "
                     "this machine's journal may not open, as `postato key verify` tells");
    }
    return lost;
}

void KeyRescue::keepCopies(const std::vector<KeyCopy>& known,
                           const std::vector<StoredDataKey>& stored) {
    if (!copies_) return;
    try {
        for (const auto& key : stored) {
            const auto id = static_cast<std::uint32_t>(key.id);
            if (key.state != DataKeyState::Retired || removed_.contains(id)) continue;
            copies_->remove(id);
            kept_.erase(id);
            removed_.insert(id);
        }
        for (const auto& key : known) {
            auto& kept = kept_[key.id];
            if (kept == key.wrapped) continue;
            copies_->keep(key);
            kept = key.wrapped;
            removed_.erase(key.id);
        }
        copying_fails_ = false;
    } catch (const Error& error) {
        // A copy is needed when the database loses the key as well; an answer is needed now.
        if (!std::exchange(copying_fails_, true))
            log_.error("keys.copy_failed",
                       {{"message", error.message()},
                        {"advice",
                         "answers in this machine's journal would not open after a restore of an "
                         "older backup; make room on the disk, or give the directory back to this "
                         "user"}});
    }
}

}  // namespace postato::keys
