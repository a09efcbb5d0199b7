#pragma once

/// \file
/// Keeps one process's set of data keys as the database has it: at the start, while other processes
/// replace keys, and when a text turns up under a key that nobody here has seen.

#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <string>

#include "crypto/data_keys.hpp"
#include "journal/answer_journal.hpp"
#include "keys/current_ring.hpp"
#include "keys/held_keys.hpp"
#include "keys/journal_announcements.hpp"
#include "keys/key_rescue.hpp"
#include "keys/missed_keys.hpp"
#include "keys/seal_accounts.hpp"
#include "keys/stored_keys.hpp"
#include "persistence/database.hpp"
#include "util/log.hpp"
#include "util/random.hpp"

namespace postato::keys {

struct CustodyPolicy {
    /// Texts sealed under one data key before another takes its place: 0.9 of the 2^32 that
    /// SP 800-38D 8.3 allows for random nonces.
    std::int64_t seals_per_key = 3'865'470'566;
    std::chrono::milliseconds read_ring_again{5'000};
    std::chrono::milliseconds search_journal{60'000};
};

/// Thread-safe.
class DataKeyCustodian {
public:
    /// `aside` has sessions of its own: a key may be missing while the caller holds one of
    /// `database`.
    DataKeyCustodian(persistence::Database& database, persistence::Database& aside,
                     RingSource source, const Clock& clock, Random& random, const Logger& log,
                     CustodyPolicy policy);
    DataKeyCustodian(const DataKeyCustodian&) = delete;
    DataKeyCustodian& operator=(const DataKeyCustodian&) = delete;

    /// Reads the keys with a ring that the source gave; the first start makes the installation's id
    /// and its first key. Several processes may do this at once. Throws as `checkKeyRing`. Once,
    /// before the others.
    InstallationId open(std::shared_ptr<const crypto::KeyRing> ring);
    const crypto::DataKeys& keys() const noexcept { return keys_.set(); }

    /// Answers will be journalled in `journal` on this host: says so before the first of them, and
    /// keeps copies of the keys beside them. Keys that the database has lost since are put back
    /// from the copies. Throws Error{Unavailable}. Once, before `keepUp`.
    void attach(const journal::AnswerJournal& journal, std::string journal_id, std::string host);

    /// To be called every second or so: learns of replaced and retired keys, takes account of
    /// seals, and replaces the active key when its limit is reached. Throws Error{Unavailable}.
    void keepUp();

    /// Takes account of what was sealed since, for the end of the process. What fails is logged.
    void close() { seals_.close(keys_.set()); }

    /// Whether this process opens everything: false while the ring lacks a key that others have.
    bool complete() const noexcept { return complete_; }
    /// Whether a process that starts with this ring would: false as well while a key that this one
    /// knows is wrapped under a key that the ring lacks.
    bool ringCurrent() const noexcept { return complete_ && ring_current_; }

private:
    /// Makes the rows of keys in the set that the database has lost; whether there were any.
    bool putBackLost(const StoredKeys& stored);
    void leaveUnbacked(const StoredKeys& stored);
    void announceAtOnce();
    /// Looks for a key that a text names. Throws Error{Unavailable} for one that the database has
    /// and this process's ring does not open.
    void learn(std::uint32_t id);
    void take(const StoredKeys& stored);
    void note(const StoredKeys& stored);
    void activate(const persistence::StoredDataKey& key);

    persistence::Database& database_;
    persistence::Database& aside_;
    const Clock& clock_;
    Random& random_;
    const Logger& log_;

    CurrentRing ring_;
    HeldKeys keys_;
    MissedKeys missed_;
    KeyRescue rescue_;
    JournalAnnouncements announcements_;
    SealAccounts seals_;
    std::atomic<bool> complete_{false};
    std::atomic<bool> ring_current_{false};
    bool sealing_ = false;                 ///< when last looked at
    std::set<std::uint32_t> unannounced_;  ///< keys whose announcement may be lost
};

}  // namespace postato::keys
