#include "keys/data_key_custodian.hpp"

#include <algorithm>
#include <utility>

#include "persistence/installation_repository.hpp"
#include "util/error.hpp"

namespace postato::keys {
namespace {

using persistence::DataKeyRepository;
using persistence::DataKeyState;
using persistence::Transaction;

/// A text under a key that nobody has must not cost a query each time.
constexpr std::chrono::seconds kAskAgainAfter{1};
constexpr std::size_t kAnswersKept = 64;  ///< texts that were tampered with may name any number

struct StoredWraps {
    std::optional<InstallationId> installation;
    std::vector<persistence::StoredWrap> wraps;
};

StoredWraps readWraps(persistence::Database& database) {
    return database.read([](Transaction& tx) {
        persistence::InstallationRepository installations(tx);
        StoredWraps stored{installations.find(), DataKeyRepository(tx).wraps()};
        if (stored.wraps.empty() && installations.hasSealedRows()) throw lostKeys();
        return stored;
    });
}

std::uint32_t idOf(const persistence::StoredDataKey& key) {
    return static_cast<std::uint32_t>(key.id);
}

/// Others can open what is sealed under it: nobody may conclude that the text is lost.
Error outOfReach(std::uint32_t id) {
    return Error(
        ErrorCode::Unavailable,
        PublicMessage{"A stored secret cannot be opened here now; try again"},
        InternalDetail{"this process's key ring does not open data key " + std::to_string(id)});
}

crypto::WrappedDataKey wrappedKey(std::int64_t id, const std::string& wrapped) {
    return {static_cast<std::uint32_t>(id), wrapped};
}

}  // namespace

void checkKeyRing(persistence::Database& database, const crypto::KeyRing& ring) {
    const auto stored = readWraps(database);
    if (!stored.installation) return;
    for (const auto& key : stored.wraps)
        crypto::unwrapDataKey(ring, stored.installation->str(), wrappedKey(key.id, key.wrapped));
}

InstallationId loadDataKeys(persistence::Database& database, const crypto::KeyRing& ring,
                            crypto::DataKeys& keys) {
    const auto stored = readWraps(database);
    if (!stored.installation)
        throw Error(ErrorCode::Conflict,
                    PublicMessage{"This database was never used; `postato serve` sets it up at its "
                                  "first start"});
    for (const auto& key : stored.wraps)
        keys.put(static_cast<std::uint32_t>(key.id),
                 crypto::unwrapDataKey(ring, stored.installation->str(),
                                       wrappedKey(key.id, key.wrapped)));
    return *stored.installation;
}

struct DataKeyCustodian::Stored {
    std::vector<persistence::StoredDataKey> keys;
    TimePoint now;

    const persistence::StoredDataKey* findActive() const {
        const persistence::StoredDataKey* active = nullptr;
        for (const auto& key : keys)
            if (key.state == DataKeyState::Active) active = &key;
        return active;
    }

    const persistence::StoredDataKey& active() const {
        const auto* active = findActive();
        if (active == nullptr)
            throw Error(
                ErrorCode::Conflict,
                PublicMessage{"No data key of this database is active; run `postato key rotate`"});
        return *active;
    }

    /// Nothing for one that is retired.
    const persistence::StoredDataKey* find(std::uint32_t id) const {
        const auto found = std::find_if(keys.begin(), keys.end(), [&](const auto& key) {
            return idOf(key) == id && key.state != DataKeyState::Retired;
        });
        return found == keys.end() ? nullptr : &*found;
    }
};

DataKeyCustodian::DataKeyCustodian(persistence::Database& database, persistence::Database& aside,
                                   RingSource source, const Clock& clock, Random& random,
                                   const Logger& log, CustodyPolicy policy)
    : database_(database),
      aside_(aside),
      source_(std::move(source)),
      clock_(clock),
      random_(random),
      log_(log),
      policy_(policy),
      rescue_(database, random, log),
      announcements_(database, policy.search_journal) {
    keys_.onMiss([this](std::uint32_t id) { learn(id); });
}

DataKeyCustodian::Stored DataKeyCustodian::readFrom(persistence::Database& database) const {
    return database.read([](Transaction& tx) {
        return Stored{DataKeyRepository(tx).list(), tx.now()};
    });
}

std::shared_ptr<const crypto::KeyRing> DataKeyCustodian::ring() const {
    const std::lock_guard lock(mutex_);
    return ring_;
}

InstallationId DataKeyCustodian::open(std::shared_ptr<const crypto::KeyRing> ring) {
    ring_ = std::move(ring);
    ring_read_at_ = Steady::now();
    const auto ensure = [&](Transaction& tx) { return ensureDataKey(tx, *ring_, clock_, random_); };
    std::optional<InstallationId> id;
    try {
        id = database_.write(ensure);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::Conflict) throw;
        // Another process made the first key at the same moment: its key is the one that stands.
        id = database_.write(ensure);
    }
    installation_ = id->str();
    const auto stored = readFrom(database_);
    takeAll(stored);
    note(stored);
    keys_.activate(idOf(stored.active()));
    sealing_ = true;
    return *id;
}

/// A start without one of them would take its texts for lost.
void DataKeyCustodian::takeAll(const Stored& stored) {
    const std::lock_guard lock(adopting_);
    for (const auto& key : stored.keys) {
        if (key.state == DataKeyState::Retired) continue;
        const auto id = idOf(key);
        keys_.put(id,
                  crypto::unwrapDataKey(*ring_, installation_, wrappedKey(key.id, key.wrapped)));
        origins_[id] = {key.wrapped, key.created_at};
    }
}

void DataKeyCustodian::attach(const journal::AnswerJournal& journal, std::string journal_id,
                              std::string host) {
    rescue_.attach(journal.directory() / "keys");
    auto stored = readFrom(database_);
    adoptCopies(stored);
    if (putBackLost(stored)) stored = readFrom(database_);
    note(stored);
    rescue_.keepCopies(known(), stored.keys);
    announcements_.attach(journal, std::move(journal_id), std::move(host), keys_.active()->id());
}

/// Answers may lie under a key that the database lost while no process ran.
void DataKeyCustodian::adoptCopies(const Stored& stored) {
    auto lost = rescue_.openLost(*ring(), installation_, stored.keys);
    const std::lock_guard lock(adopting_);
    for (auto& copy : lost) {
        keys_.put(copy.key.id, std::move(copy.bytes));
        origins_[copy.key.id] = {copy.key.wrapped, copy.key.created_at};
    }
}

void DataKeyCustodian::adopt(const Stored& stored) {
    const auto ring = this->ring();
    const std::lock_guard lock(adopting_);
    for (const auto& key : stored.keys) {
        const auto id = idOf(key);
        if (key.state == DataKeyState::Retired) {
            keys_.remove(id);
            origins_.erase(id);
        } else if (!origins_.contains(id)) {
            auto bytes = ring->unwrap(installation_, id, key.wrapped);
            if (!bytes) continue;
            keys_.put(id, std::move(*bytes));
            origins_[id] = {key.wrapped, key.created_at};
        }
    }
}

void DataKeyCustodian::recheck(const Stored& stored) {
    for (const auto& key : stored.keys)
        if (key.state != DataKeyState::Retired) recheckOne(key);
}

void DataKeyCustodian::recheckOne(const persistence::StoredDataKey& key) {
    const auto id = idOf(key);
    const auto ring = this->ring();
    const std::lock_guard lock(adopting_);
    const auto origin = origins_.find(id);
    if (origin == origins_.end() || origin->second.wrapped == key.wrapped) return;
    auto bytes = ring->unwrap(installation_, id, key.wrapped);
    if (bytes && bytes->view() == keys_.known(id)->bytes().view()) {
        origin->second.wrapped = key.wrapped;  // only wrapped anew
        return;
    }
    // A text that does not open tells by its age alone whether it is another key's.
    if (!bytes && origin->second.created_at == key.created_at) return;
    // A failover lost the key that this process has, and its number was given out again.
    log_.error("keys.number_given_twice",
               {{"dataKey", key.id},
                {"advice",
                 "the database has lost a data key and has another one under its number; "
                 "`postato key verify` tells what does not open any more"}});
    if (!bytes) {
        keys_.remove(id);
        origins_.erase(origin);
        return;
    }
    keys_.replace(id, std::move(*bytes));
    origin->second = {key.wrapped, key.created_at};
    unannounced_.insert(id);
}

bool DataKeyCustodian::backed(const persistence::StoredDataKey& key) const {
    const auto wrapping = crypto::KeyRing::wrappingKeyOf(key.wrapped);
    const auto ring = this->ring();
    const std::lock_guard lock(adopting_);
    const auto origin = origins_.find(idOf(key));
    if (origin == origins_.end()) return false;
    // Wrapped anew under a key that this ring lacks, it is still the same key.
    return origin->second.wrapped == key.wrapped || (!wrapping.empty() && !ring->holds(wrapping));
}

bool DataKeyCustodian::opensAll(const Stored& stored) const {
    return std::all_of(stored.keys.begin(), stored.keys.end(), [&](const auto& key) {
        return key.state == DataKeyState::Retired || backed(key);
    });
}

bool DataKeyCustodian::sealsBacked(const Stored& stored) const {
    const auto active = keys_.activeId();
    const auto* key = active ? stored.find(*active) : nullptr;
    return key != nullptr && backed(*key);
}

/// What is sealed under bytes that the database does not have ends with this process.
void DataKeyCustodian::leaveUnbacked(const Stored& stored) {
    // Another key is taken up first, where there is one: answers come in between.
    const auto* next = stored.findActive();
    if (next != nullptr && !sealsBacked(stored)) activate(*next);
    const bool sealing = sealsBacked(stored);
    if (!sealing) keys_.deactivate();
    if (std::exchange(sealing_, sealing) && !sealing)
        log_.error("keys.sealing_stopped",
                   {{"advice",
                     "the key that this process sealed under was retired, damaged, or lost its "
                     "number to another; nothing is sealed until the key ring opens the active "
                     "one"}});
}

/// What is sealed under a key without a row opens in the processes that know it, and ends with
/// them.
bool DataKeyCustodian::putBackLost(const Stored& stored) {
    const auto lost = rescue_.putBack(installation_, known(), stored.keys);
    unannounced_.insert(lost.begin(), lost.end());
    return !lost.empty();
}

std::vector<KeyCopy> DataKeyCustodian::known() const {
    const std::lock_guard lock(adopting_);
    std::vector<KeyCopy> known;
    for (const auto& [id, origin] : origins_)
        known.push_back({id, origin.wrapped, origin.created_at});
    return known;
}

/// Not with the next search of the journal: the number must not be given out again, nor the key be
/// retired.
void DataKeyCustodian::announceAtOnce() {
    if (unannounced_.empty()) return;
    announcements_.announce(unannounced_);
    unannounced_.clear();
}

void DataKeyCustodian::note(const Stored& stored) {
    const bool complete = opensAll(stored);
    const bool current = ringHoldsAll(stored);
    if (complete_.exchange(complete) && !complete)
        log_.error("keys.ring_incomplete",
                   {{"ring", ring()->id()},
                    {"advice",
                     "a data key is wrapped under a key that this machine's key ring "
                     "lacks; bring the ring up to date"}});
    if (ring_current_.exchange(current) && !current && complete)
        log_.error("keys.ring_outdated",
                   {{"ring", ring()->id()},
                    {"advice",
                     "a data key was wrapped anew under a key that this machine's key ring lacks; "
                     "bring the ring up to date, or this service will not start again"}});
}

void DataKeyCustodian::learn(std::uint32_t id) {
    auto answer = lastAnswer(id);
    if (!answer) {
        const auto stored = readFrom(aside_);
        adopt(stored);
        if (keys_.known(id)) return;
        answer = stored.find(id) != nullptr ? Answer::OutOfReach : Answer::Unknown;
        keepAnswer(id, *answer);
    }
    if (*answer == Answer::OutOfReach) throw outOfReach(id);
}

/// One for each key: what was asked for in vain says nothing about another.
std::optional<DataKeyCustodian::Answer> DataKeyCustodian::lastAnswer(std::uint32_t id) const {
    const std::lock_guard lock(mutex_);
    const auto found = answers_.find(id);
    if (found == answers_.end() || Steady::now() - found->second.at >= kAskAgainAfter)
        return std::nullopt;
    return found->second.answer;
}

void DataKeyCustodian::keepAnswer(std::uint32_t id, Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_[id] = {answer, Steady::now()};
    if (answers_.size() <= kAnswersKept) return;
    const auto older = [](const auto& a, const auto& b) { return a.second.at < b.second.at; };
    answers_.erase(std::min_element(answers_.begin(), answers_.end(), older));
}

void DataKeyCustodian::readRingAgain() {
    {
        const std::lock_guard lock(mutex_);
        if (Steady::now() - ring_read_at_ < policy_.read_ring_again) return;
        ring_read_at_ = Steady::now();
    }
    try {
        auto ring = source_();
        ring_unreadable_ = false;
        const std::lock_guard lock(mutex_);
        ring_ = std::move(ring);
    } catch (const Error& error) {
        // The ring at hand is as good as it was, and what is left to do does not wait for another.
        if (!std::exchange(ring_unreadable_, true))
            log_.error("keys.ring_unreadable", {{"message", error.message()}});
    }
}

bool DataKeyCustodian::ringHoldsAll(const Stored& stored) const {
    const auto ring = this->ring();
    return std::all_of(stored.keys.begin(), stored.keys.end(), [&](const auto& key) {
        return key.state == DataKeyState::Retired ||
               ring->holds(crypto::KeyRing::wrappingKeyOf(key.wrapped));
    });
}

void DataKeyCustodian::activate(const persistence::StoredDataKey& key) {
    if (keys_.activeId() == idOf(key)) return;
    if (!backed(key)) return;  // the ring lacks its key; the old one still seals
    announcements_.announce(idOf(key));
    keys_.activate(idOf(key));
    sealing_ = true;
    log_.info("keys.replaced", {{"dataKey", key.id}});
}

void DataKeyCustodian::accountForSeals() {
    for (const auto& key : keys_.all())
        if (accountFor(*key)) replaceFull(key->id());
}

/// Whether the key is the active one and has sealed as much as it may.
bool DataKeyCustodian::accountFor(const crypto::UsableKey& key) {
    const auto seals = key.takeSeals();
    if (seals == 0) return false;
    try {
        const auto id = std::int64_t{key.id()};
        return database_.write([&](Transaction& tx) {
            DataKeyRepository stored(tx);
            const auto total = stored.addSeals(id, static_cast<std::int64_t>(seals));
            return total >= policy_.seals_per_key && stored.activeId() == id;
        });
    } catch (...) {
        key.giveBackSeals(seals);
        throw;
    }
}

void DataKeyCustodian::replaceFull(std::uint32_t id) {
    try {
        const auto next = database_.write([&](Transaction& tx) {
            return replaceFullDataKey(tx, std::int64_t{id}, *ring(), random_);
        });
        limit_waits_ = false;
        log_.info("keys.limit_reached", {{"dataKey", std::int64_t{id}}, {"next", next}});
    } catch (const Error& error) {
        const bool refused =
            error.code() == ErrorCode::DecryptFailed || error.code() == ErrorCode::Conflict;
        if (!refused) throw;
        if (readFrom(database_).active().id != id) return;  // another process has just done it
        if (!std::exchange(limit_waits_, true))
            log_.error("keys.limit_waits",
                       {{"dataKey", std::int64_t{id}},
                        {"message", error.message()},
                        {"advice",
                         "this data key has sealed as much as it may and goes on; mend what the "
                         "message names, then run `postato key rotate`"}});
    }
}

void DataKeyCustodian::keepUp() {
    auto stored = readFrom(database_);
    if (putBackLost(stored)) stored = readFrom(database_);
    const auto take = [&] {
        recheck(stored);
        adopt(stored);
    };
    take();
    if (!opensAll(stored) || !ringHoldsAll(stored)) {
        readRingAgain();
        take();
    }
    note(stored);
    rescue_.keepCopies(known(), stored.keys);
    announceAtOnce();
    leaveUnbacked(stored);
    // Before another key is activated: what is being sealed at that moment has until the next time.
    announcements_.keepUp(keys_, stored.keys, stored.now);
    activate(stored.active());
    accountForSeals();
}

void DataKeyCustodian::close() {
    try {
        for (const auto& key : keys_.all()) accountFor(*key);
    } catch (const Error& error) {
        // A few seconds' texts, of billions; nobody waits with a stop for the database to come
        // back.
        log_.warning("keys.seals_uncounted", {{"message", error.message()}});
    }
}

}  // namespace postato::keys
