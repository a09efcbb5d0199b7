#pragma once

/// \file
/// What can be done to the data keys, each within one transaction: make the first, put another in
/// the place of the active one, wrap them under another key of the ring, retire one.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "audit/audit_trail.hpp"
#include "crypto/key_ring.hpp"
#include "persistence/data_key_repository.hpp"
#include "util/error.hpp"
#include "util/ids.hpp"

namespace postato::keys {

/// How long a key stays after another took its place: longer than any process may need to learn of
/// that and to end what it began under the old one.
constexpr std::chrono::minutes kRetireAfter{10};

/// What was sealed cannot be opened any more: its keys are gone from the database.
Error lostKeys();

/// The installation, with its first data key if it has none. A key is never made while anything is
/// sealed: throws Error{Conflict} when the keys of sealed rows are gone (CRY-05).
InstallationId ensureDataKey(persistence::Transaction& tx, const crypto::KeyRing& ring,
                             const Clock& clock, Random& random);

/// What is known of a data key apart from its row.
struct KeyCopy {
    std::uint32_t id = 0;
    std::string wrapped;
    TimePoint created_at;
};

/// Makes the row of a key again that the database of `installation` has lost, by a failover or an
/// old backup, as a replaced key's; recorded as done by the service. False when there is one by the
/// number. Throws Error{Conflict} for the database of another installation.
bool putBackDataKey(persistence::Transaction& tx, const std::string& installation,
                    const KeyCopy& key, Random& random);

// Each of the following is recorded in the audit trail as done by `actor`.

/// A new active data key, wrapped under the key of the ring that wraps the one it replaces: putting
/// another to use is `rewrapDataKeys` alone, after it has reached every machine. Its id. Throws
/// Error{Conflict} when another process is doing the same, and Error{DecryptFailed} when the ring
/// does not open what is in use.
std::int64_t replaceDataKey(persistence::Transaction& tx, const crypto::KeyRing& ring,
                            const audit::Actor& actor, Random& random);

/// What the service does by itself when the key `full` has sealed as much as it may. Throws as
/// `replaceDataKey`, and Error{Conflict} when `full` is not active any more.
std::int64_t replaceFullDataKey(persistence::Transaction& tx, std::int64_t full,
                                const crypto::KeyRing& ring, Random& random);

/// Wraps every data key under the ring's active key; how many were under another. Throws
/// Error{DecryptFailed} when the ring does not open one of them; then nothing is changed.
std::int64_t rewrapDataKeys(persistence::Transaction& tx, const crypto::KeyRing& ring,
                            const audit::Actor& actor, Random& random);

/// Why a data key cannot go yet.
struct KeyNeeds {
    std::int64_t pairs = 0;  ///< of tokens, which are sealed anew in the background
    std::int64_t texts = 0;  ///< of connections and revocations, which end within a day
    std::vector<persistence::JournalKey> journals;
    std::optional<TimePoint> not_before;  ///< set while it was replaced too short a time ago

    bool none() const { return pairs == 0 && texts == 0 && journals.empty() && !not_before; }
    /// For people; empty when there is none.
    std::string sentence() const;
};

/// `pairs` is what SealedRowRepository::countPairs found.
KeyNeeds needsOf(persistence::Transaction& tx, const persistence::StoredDataKey& key,
                 const std::map<std::int64_t, std::int64_t>& pairs);

/// The machine with this journal is gone for good: what it may hold under the key counts no more.
/// Throws Error{InvalidArgument} for a journal that never said it holds anything under it, and
/// Error{Conflict} for one that somebody still works with.
void forgetJournal(persistence::Transaction& tx, std::int64_t id, const std::string& journal_id);

/// Destroys a replaced key that nothing needs but the journals `forgotten`, which the record names.
/// Throws as `forgetJournal`, and Error{Conflict} that says what else needs it.
void retireDataKey(persistence::Transaction& tx, std::int64_t id,
                   const std::vector<std::string>& forgotten, const audit::Actor& actor,
                   Random& random);

}  // namespace postato::keys
