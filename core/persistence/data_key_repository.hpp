#pragma once

/// \file
/// The wrapped data keys, and which machines may hold answers sealed under them.

#include <optional>
#include <string>
#include <vector>

#include "persistence/database.hpp"

namespace postato::persistence {

enum class DataKeyState {
    Active = 1,  ///< seals new texts
    Replaced,    ///< opens what it has sealed
    Retired      ///< opens nothing any more: its wrapped text is gone
};

struct StoredDataKey {
    std::int64_t id = 0;
    std::string wrapped;
    DataKeyState state = DataKeyState::Active;
    std::int64_t seals = 0;
    TimePoint created_at;
    std::optional<TimePoint> replaced_at;
};

/// A data key as the first schema had it, for looking before the schema is brought up to date.
struct StoredWrap {
    std::int64_t id = 0;
    std::string wrapped;
};

/// A journal that may hold answers under a key.
struct JournalKey {
    std::string journal_id;
    std::string host;
    TimePoint announced_at;
};

/// A key that a journal may hold answers under.
struct AnnouncedKey {
    std::int64_t key_id = 0;
    TimePoint announced_at;  ///< a service that has the journal was last heard of
    TimePoint sealed_at;     ///< it may have sealed under the key until then
};

class DataKeyRepository {
public:
    explicit DataKeyRepository(Transaction& tx) : tx_(tx) {}

    /// Oldest first.
    std::vector<StoredDataKey> list();
    /// Those that are not retired.
    std::vector<StoredWrap> wraps();
    std::int64_t activeId();
    /// The largest number that a key, a pair of tokens or a journal knows a key by, also one whose
    /// own row is lost; 0 for none.
    std::int64_t largestIdNamed();

    /// A new active key. Throws Error{Conflict} when somebody else has just taken the id.
    void insert(std::int64_t id, const std::string& wrapped);
    /// A key that was lost, as a replaced one. False when there is one by the number.
    bool putBack(std::int64_t id, const std::string& wrapped, TimePoint created_at);
    /// All that are active but `id` are replaced now.
    void replaceAllBut(std::int64_t id);
    /// False when it was retired or wrapped otherwise meanwhile.
    bool rewrap(std::int64_t id, const std::string& before, const std::string& after);
    /// Destroys a replaced key. False for any other.
    bool retire(std::int64_t id);

    /// Adds to the count of texts sealed under the key; what it then is. Nothing for no such key.
    std::optional<std::int64_t> addSeals(std::int64_t id, std::int64_t count);

    /// From now on this journal may hold answers under the key. Said again, it is as good as new.
    void announce(const std::string& journal_id, const std::string& host, std::int64_t key_id);
    /// A service that has the journal is at work, whether or not it seals.
    void heardOf(const std::string& journal_id);
    /// Unless it was announced again after `sealed_by`.
    void withdraw(const std::string& journal_id, std::int64_t key_id, TimePoint sealed_by);
    std::vector<AnnouncedKey> announcedBy(const std::string& journal_id);
    std::vector<JournalKey> journalsWith(std::int64_t key_id);

private:
    Transaction& tx_;
};

}  // namespace postato::persistence
