#include "keys/journal_announcements.hpp"

#include <algorithm>

#include "keys/key_changes.hpp"

namespace postato::keys {
namespace {

using persistence::AnnouncedKey;
using persistence::DataKeyRepository;
using persistence::DataKeyState;
using persistence::StoredDataKey;
using persistence::Transaction;

/// Announced, and nothing is sealed under them any more.
std::set<std::uint32_t> settledOf(const std::vector<AnnouncedKey>& announced,
                                  const std::vector<StoredDataKey>& stored, TimePoint now) {
    std::set<std::uint32_t> settled;
    for (const auto& one : announced) {
        const auto replaced = [&](const StoredDataKey& key) {
            return key.id == one.key_id && key.state == DataKeyState::Replaced && key.replaced_at &&
                   *key.replaced_at + kRetireAfter <= now;
        };
        // A process whose ring lacks the new key still seals under the old one, and says so: this
        // one, or another in the same directory.
        if (one.sealed_at + kRetireAfter <= now &&
            std::any_of(stored.begin(), stored.end(), replaced))
            settled.insert(static_cast<std::uint32_t>(one.key_id));
    }
    return settled;
}

}  // namespace

void JournalAnnouncements::attach(const journal::AnswerJournal& journal, std::string journal_id,
                                  std::string host, std::uint32_t sealing) {
    journal_ = &journal;
    journal_id_ = std::move(journal_id);
    host_ = std::move(host);
    auto in_use = journal.keysInUse();
    in_use.insert(sealing);
    announce(in_use);
}

void JournalAnnouncements::announce(const std::set<std::uint32_t>& ids) {
    if (journal_ == nullptr) return;
    for (const auto id : ids) not_in_journal_.erase(id);
    database_.write([&](Transaction& tx) {
        for (const auto id : ids) DataKeyRepository(tx).announce(journal_id_, host_, id);
    });
}

void JournalAnnouncements::keepUp(const crypto::DataKeys& keys,
                                  const std::vector<StoredDataKey>& stored, TimePoint now) {
    if (journal_ == nullptr) return;
    const auto beat = std::chrono::steady_clock::now();
    if (searched_at_ && beat - *searched_at_ < search_after_) return;
    searched_at_ = beat;
    // Said again each time: a failover or an operator may have lost it, and who is silent is gone.
    if (const auto sealing = keys.activeId()) announce(*sealing);
    const auto announced = database_.write([&](Transaction& tx) {
        DataKeyRepository stored_keys(tx);
        stored_keys.heardOf(journal_id_);
        return stored_keys.announcedBy(journal_id_);
    });
    const auto settled = settledOf(announced, stored, now);
    const auto unsaid = unsaidOf(keys, announced);
    if (settled.empty() && unsaid.empty()) return;
    // Reads every file, so only when something may follow from it.
    const auto in_use = journal_->keysInUse();
    std::set<std::uint32_t> lost;
    for (const auto id : unsaid) (in_use.contains(id) ? lost : not_in_journal_).insert(id);
    if (!lost.empty()) announce(lost);
    database_.write([&](Transaction& tx) {
        for (const auto id : settled)
            if (!in_use.contains(id))
                DataKeyRepository(tx).withdraw(journal_id_, id, now - kRetireAfter);
    });
}

/// Not announced, and not looked for in the journal since they were.
std::set<std::uint32_t> JournalAnnouncements::unsaidOf(
    const crypto::DataKeys& keys, const std::vector<AnnouncedKey>& announced) const {
    std::set<std::uint32_t> unsaid;
    for (const auto& key : keys.all())
        if (!not_in_journal_.contains(key->id())) unsaid.insert(key->id());
    for (const auto& key : announced) unsaid.erase(static_cast<std::uint32_t>(key.key_id));
    return unsaid;
}

}  // namespace postato::keys
