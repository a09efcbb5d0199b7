#include "persistence/data_key_repository.hpp"

namespace postato::persistence {
namespace {

DataKeyState stateOf(const std::string& word) {
    if (word == "active") return DataKeyState::Active;
    return word == "retired" ? DataKeyState::Retired : DataKeyState::Replaced;
}

}  // namespace

constexpr Statement kList{"data_key.list",
                          "SELECT id, wrapped, state, seals, created_at, replaced_at "
                          "FROM data_keys ORDER BY id",
                          "ittiii"};

std::vector<StoredDataKey> DataKeyRepository::list() {
    std::vector<StoredDataKey> keys;
    for (const auto& row : tx_.query(kList))
        keys.push_back({row.integer(0), row.text(1), stateOf(row.text(2)), row.integer(3),
                        row.time(4), row.optionalTime(5)});
    return keys;
}

constexpr Statement kWraps{"data_key.wraps",
                           "SELECT id, wrapped FROM data_keys WHERE state <> 'retired' ORDER BY id",
                           "it"};

std::vector<StoredWrap> DataKeyRepository::wraps() {
    std::vector<StoredWrap> wraps;
    for (const auto& row : tx_.query(kWraps)) wraps.push_back({row.integer(0), row.text(1)});
    return wraps;
}

constexpr Statement kActive{"data_key.active",
                            "SELECT MAX(id) FROM data_keys WHERE state = 'active'", "i"};

std::int64_t DataKeyRepository::activeId() {
    const auto id = tx_.queryOne(kActive)->optionalInteger(0);
    if (!id)
        throw Error(ErrorCode::Conflict, PublicMessage{"No data key of this database is active"});
    return *id;
}

constexpr Statement kLargestIdNamed{
    "data_key.largest_id_named",
    "SELECT MAX(named.id) FROM (SELECT MAX(id) AS id FROM data_keys "
    "UNION ALL SELECT MAX(key_id) AS id FROM social_account_tokens "
    "UNION ALL SELECT MAX(key_id) AS id FROM journal_keys) AS named",
    "i"};

std::int64_t DataKeyRepository::largestIdNamed() {
    return tx_.queryOne(kLargestIdNamed)->optionalInteger(0).value_or(0);
}

constexpr Statement kInsert{"data_key.insert",
                            "INSERT INTO data_keys (id, wrapped, state, created_at) "
                            "VALUES (:id, :wrapped, 'active', :now)"};

void DataKeyRepository::insert(std::int64_t id, const std::string& wrapped) {
    tx_.execute(kInsert, {arg("id", id), arg("wrapped", wrapped), arg("now", tx_.now())});
}

constexpr Statement kPutBack{
    "data_key.put_back",
    "INSERT INTO data_keys (id, wrapped, state, created_at, replaced_at) "
    "VALUES (:id, :wrapped, 'retiring', :created, :now) ON CONFLICT (id) DO NOTHING"};

bool DataKeyRepository::putBack(std::int64_t id, const std::string& wrapped, TimePoint created_at) {
    return tx_.execute(kPutBack, {arg("id", id), arg("wrapped", wrapped),
                                  arg("created", created_at), arg("now", tx_.now())}) == 1;
}

constexpr Statement kReplace{"data_key.replace",
                             "UPDATE data_keys SET state = 'retiring', replaced_at = :now "
                             "WHERE state = 'active' AND id <> :id"};

void DataKeyRepository::replaceAllBut(std::int64_t id) {
    tx_.execute(kReplace, {arg("now", tx_.now()), arg("id", id)});
}

constexpr Statement kRewrap{"data_key.rewrap",
                            "UPDATE data_keys SET wrapped = :after "
                            "WHERE id = :id AND wrapped = :before AND state <> 'retired'"};

bool DataKeyRepository::rewrap(std::int64_t id, const std::string& before,
                               const std::string& after) {
    return tx_.execute(kRewrap, {arg("after", after), arg("id", id), arg("before", before)}) == 1;
}

constexpr Statement kRetire{"data_key.retire",
                            "UPDATE data_keys SET state = 'retired', wrapped = '' "
                            "WHERE id = :id AND state = 'retiring'"};

bool DataKeyRepository::retire(std::int64_t id) {
    return tx_.execute(kRetire, {arg("id", id)}) == 1;
}

constexpr Statement kAddSeals{
    "data_key.add_seals",
    "UPDATE data_keys SET seals = seals + :count WHERE id = :id RETURNING seals", "i"};

std::optional<std::int64_t> DataKeyRepository::addSeals(std::int64_t id, std::int64_t count) {
    const auto row = tx_.queryOne(kAddSeals, {arg("count", count), arg("id", id)});
    return row ? std::optional(row->integer(0)) : std::nullopt;
}

constexpr Statement kAnnounce{
    "data_key.announce",
    "INSERT INTO journal_keys (journal_id, key_id, host, announced_at, sealed_at) "
    "VALUES (:journal, :key, :host, :now, :now) "
    "ON CONFLICT (journal_id, key_id) DO UPDATE SET host = :host, announced_at = :now, "
    "sealed_at = :now"};

void DataKeyRepository::announce(const std::string& journal_id, const std::string& host,
                                 std::int64_t key_id) {
    tx_.execute(kAnnounce, {arg("journal", journal_id), arg("key", key_id), arg("host", host),
                            arg("now", tx_.now())});
}

constexpr Statement kHeardOf{
    "data_key.heard_of",
    "UPDATE journal_keys SET sealed_at = COALESCE(sealed_at, announced_at), announced_at = :now "
    "WHERE journal_id = :journal"};

void DataKeyRepository::heardOf(const std::string& journal_id) {
    tx_.execute(kHeardOf, {arg("journal", journal_id), arg("now", tx_.now())});
}

constexpr Statement kWithdraw{"data_key.withdraw",
                              "DELETE FROM journal_keys WHERE journal_id = :journal "
                              "AND key_id = :key AND COALESCE(sealed_at, announced_at) <= :by"};

void DataKeyRepository::withdraw(const std::string& journal_id, std::int64_t key_id,
                                 TimePoint sealed_by) {
    tx_.execute(kWithdraw, {arg("journal", journal_id), arg("key", key_id), arg("by", sealed_by)});
}

constexpr Statement kAnnouncedBy{
    "data_key.announced_by",
    "SELECT key_id, announced_at, COALESCE(sealed_at, announced_at) FROM journal_keys "
    "WHERE journal_id = :journal ORDER BY key_id",
    "iii"};

std::vector<AnnouncedKey> DataKeyRepository::announcedBy(const std::string& journal_id) {
    std::vector<AnnouncedKey> keys;
    for (const auto& row : tx_.query(kAnnouncedBy, {arg("journal", journal_id)}))
        keys.push_back({row.integer(0), row.time(1), row.time(2)});
    return keys;
}

constexpr Statement kJournalsWith{"data_key.journals_with",
                                  "SELECT journal_id, host, announced_at FROM journal_keys "
                                  "WHERE key_id = :key ORDER BY journal_id",
                                  "tti"};

std::vector<JournalKey> DataKeyRepository::journalsWith(std::int64_t key_id) {
    std::vector<JournalKey> journals;
    for (const auto& row : tx_.query(kJournalsWith, {arg("key", key_id)}))
        journals.push_back({row.text(0), row.text(1), row.time(2)});
    return journals;
}

}  // namespace postato::persistence
