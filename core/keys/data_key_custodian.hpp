#pragma once

/// \file
/// Keeps one process's set of data keys as the database has it: at the start, while other processes
/// replace keys, and when a text turns up under a key that nobody here has seen.

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "crypto/data_keys.hpp"
#include "journal/answer_journal.hpp"
#include "keys/journal_announcements.hpp"
#include "keys/key_changes.hpp"
#include "keys/key_rescue.hpp"
#include "keys/ring_source.hpp"
#include "persistence/database.hpp"
#include "util/log.hpp"
#include "util/random.hpp"

namespace postato::keys {

/// Unwraps every data key without changing anything; reads only what the first schema had. Throws
/// Error{DecryptFailed} for a ring that is not this database's, Error{Conflict} when rows are
/// sealed but their keys are gone.
void checkKeyRing(persistence::Database& database, const crypto::KeyRing& ring);

/// The keys as they are now, for one look at an installation, and whose they are. Throws as
/// `checkKeyRing`.
InstallationId loadDataKeys(persistence::Database& database, const crypto::KeyRing& ring,
                            crypto::DataKeys& keys);

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
    const crypto::DataKeys& keys() const noexcept { return keys_; }

    /// Answers will be journalled in `journal` on this host: says so before the first of them, and
    /// keeps copies of the keys beside them. Keys that the database has lost since are put back
    /// from the copies. Throws Error{Unavailable}. Once, before `keepUp`.
    void attach(const journal::AnswerJournal& journal, std::string journal_id, std::string host);

    /// To be called every second or so: learns of replaced and retired keys, takes account of
    /// seals, and replaces the active key when its limit is reached. Throws Error{Unavailable}.
    void keepUp();

    /// Takes account of what was sealed since, for the end of the process. What fails is logged.
    void close();

    /// Whether this process opens everything: false while the ring lacks a key that others have.
    bool complete() const noexcept { return complete_; }
    /// Whether a process that starts with this ring would: false as well while a key that this one
    /// knows is wrapped under a key that the ring lacks.
    bool ringCurrent() const noexcept { return complete_ && ring_current_; }

private:
    struct Stored;
    Stored readFrom(persistence::Database& database) const;
    /// What the database had of a key when its bytes came from there.
    struct Origin {
        std::string wrapped;
        TimePoint created_at;
    };
    /// Makes the rows of keys in the set that the database has lost; whether there were any.
    bool putBackLost(const Stored& stored);
    /// Puts keys that the database has lost and this machine has copies of into the set.
    void adoptCopies(const Stored& stored);
    /// What the keys in the set are known by.
    std::vector<KeyCopy> known() const;
    /// Puts all that is stored into the set. Throws Error{DecryptFailed} for what does not open.
    void takeAll(const Stored& stored);
    /// Puts what is new and the ring opens into the set.
    void adopt(const Stored& stored);
    /// Compares what is in the set with what the database has under the same ids now.
    void recheck(const Stored& stored);
    void recheckOne(const persistence::StoredDataKey& key);
    /// Whether the database has what this process knows the key by.
    bool backed(const persistence::StoredDataKey& key) const;
    bool opensAll(const Stored& stored) const;
    /// Whether the database has what this process seals under.
    bool sealsBacked(const Stored& stored) const;
    void leaveUnbacked(const Stored& stored);
    void announceAtOnce();
    /// Looks for a key that a text names. Throws Error{Unavailable} for one that the database has
    /// and this process's ring does not open.
    void learn(std::uint32_t id);
    /// What was found when a key was looked for in vain.
    enum class Answer { Unknown = 1, OutOfReach };
    std::optional<Answer> lastAnswer(std::uint32_t id) const;
    void keepAnswer(std::uint32_t id, Answer answer);
    void note(const Stored& stored);
    void readRingAgain();
    bool ringHoldsAll(const Stored& stored) const;
    void activate(const persistence::StoredDataKey& key);
    void accountForSeals();
    bool accountFor(const crypto::UsableKey& key);
    void replaceFull(std::uint32_t id);
    std::shared_ptr<const crypto::KeyRing> ring() const;

    persistence::Database& database_;
    persistence::Database& aside_;
    const RingSource source_;
    const Clock& clock_;
    Random& random_;
    const Logger& log_;
    const CustodyPolicy policy_;

    crypto::DataKeys keys_;
    mutable std::mutex adopting_;
    std::map<std::uint32_t, Origin> origins_;  ///< of the keys in the set
    std::atomic<bool> complete_{false};
    std::atomic<bool> ring_current_{false};
    std::string installation_;
    KeyRescue rescue_;
    JournalAnnouncements announcements_;

    mutable std::mutex mutex_;
    std::shared_ptr<const crypto::KeyRing> ring_;
    using Steady = std::chrono::steady_clock;
    struct Asked {
        Answer answer{};
        Steady::time_point at;
    };
    std::map<std::uint32_t, Asked> answers_;
    Steady::time_point ring_read_at_;
    bool ring_unreadable_ = false;         ///< and said so
    bool limit_waits_ = false;             ///< and said so
    bool sealing_ = false;                 ///< when last looked at
    std::set<std::uint32_t> unannounced_;  ///< keys whose announcement may be lost
};

}  // namespace postato::keys
