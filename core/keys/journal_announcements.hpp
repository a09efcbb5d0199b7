#pragma once

/// \file
/// What the database is told of the keys that this machine's answer journal may hold answers under:
/// a key that is announced is not retired.

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/data_keys.hpp"
#include "journal/answer_journal.hpp"
#include "persistence/data_key_repository.hpp"
#include "persistence/database.hpp"

namespace postato::keys {

/// Functions throw Error{Unavailable}. One thread.
class JournalAnnouncements {
public:
    JournalAnnouncements(persistence::Database& database, std::chrono::milliseconds search_after)
        : database_(database), search_after_(search_after) {}

    /// Says what `journal` holds, and that answers will be sealed under `sealing`. Once; before it
    /// there is no journal, and nothing is announced.
    void attach(const journal::AnswerJournal& journal, std::string journal_id, std::string host,
                std::uint32_t sealing);

    /// Before the first answer is sealed under the key.
    void announce(std::uint32_t id) { announce(std::set{id}); }
    void announce(const std::set<std::uint32_t>& ids);

    /// To be called often: says again, now and then, that it is there and what is sealed under, and
    /// what the journal holds without having said so; takes back what it holds no more. `stored` is
    /// as it was at `now`.
    void keepUp(const crypto::DataKeys& keys, const std::vector<persistence::StoredDataKey>& stored,
                TimePoint now);

private:
    std::set<std::uint32_t> unsaidOf(const crypto::DataKeys& keys,
                                     const std::vector<persistence::AnnouncedKey>& announced) const;

    persistence::Database& database_;
    const std::chrono::milliseconds search_after_;
    const journal::AnswerJournal* journal_ = nullptr;
    std::string journal_id_;
    std::string host_;
    std::optional<std::chrono::steady_clock::time_point> searched_at_;
    std::set<std::uint32_t> not_in_journal_;  ///< keys that are not announced and need not be
};

}  // namespace postato::keys
