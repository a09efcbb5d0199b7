#include "keys/data_key_custodian.hpp"

#include <algorithm>

#include "persistence/installation_repository.hpp"
#include "util/error.hpp"

namespace postato::keys {
namespace {

using persistence::DataKeyRepository;
using persistence::DataKeyState;
using persistence::Transaction;

/// A text under a key that nobody has must not cost a query each time.
constexpr std::chrono::seconds kAskAgainAfter{1};

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

    std::int64_t activeId() const {
        std::int64_t active = 0;
        for (const auto& key : keys)
            if (key.state == DataKeyState::Active) active = std::max(active, key.id);
        if (active == 0)
            throw Error(ErrorCode::Conflict,
                        PublicMessage{"No data key of this database is active"});
        return active;
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
      policy_(policy) {
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

InstallationId DataKeyCustodian::open() {
    ring_ = source_();
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
    checkKeyRing(database_, *ring_);
    const auto stored = readFrom(database_);
    note(adopt(stored));
    keys_.activate(static_cast<std::uint32_t>(stored.activeId()));
    return *id;
}

void DataKeyCustodian::attach(const journal::AnswerJournal& journal, std::string journal_id,
                              std::string host) {
    journal_ = &journal;
    journal_id_ = std::move(journal_id);
    host_ = std::move(host);
    auto in_use = journal.keysInUse();
    in_use.insert(keys_.active()->id());
    database_.write([&](Transaction& tx) {
        for (const auto id : in_use) DataKeyRepository(tx).announce(journal_id_, host_, id);
    });
}

bool DataKeyCustodian::adopt(const Stored& stored) {
    const auto ring = this->ring();
    bool complete = true;
    for (const auto& key : stored.keys) {
        const auto id = static_cast<std::uint32_t>(key.id);
        if (key.state == DataKeyState::Retired) {
            keys_.remove(id);
        } else if (!keys_.known(id)) {
            if (auto bytes = ring->unwrap(installation_, id, key.wrapped))
                keys_.put(id, std::move(*bytes));
            else
                complete = false;
        }
    }
    return complete;
}

void DataKeyCustodian::note(bool complete) {
    if (complete_.exchange(complete) && !complete)
        log_.error("keys.ring_incomplete",
                   {{"ring", ring()->id()},
                    {"advice",
                     "a data key is wrapped under a key that this machine's key ring "
                     "lacks; bring the ring up to date"}});
}

void DataKeyCustodian::learn(std::uint32_t id) {
    {
        const std::lock_guard lock(mutex_);
        if (asked_in_vain_ && Steady::now() - *asked_in_vain_ < kAskAgainAfter) return;
    }
    adopt(readFrom(aside_));
    const std::lock_guard lock(mutex_);
    asked_in_vain_ = keys_.known(id) ? std::nullopt : std::optional(Steady::now());
}

void DataKeyCustodian::readRingAgain() {
    {
        const std::lock_guard lock(mutex_);
        if (Steady::now() - ring_read_at_ < policy_.read_ring_again) return;
        ring_read_at_ = Steady::now();
    }
    auto ring = source_();
    const std::lock_guard lock(mutex_);
    ring_ = std::move(ring);
}

void DataKeyCustodian::activate(std::int64_t id) {
    const auto key_id = static_cast<std::uint32_t>(id);
    if (keys_.active()->id() == key_id) return;
    if (!keys_.known(key_id)) return;  // the ring lacks its key; the old one still seals
    if (journal_ != nullptr)
        database_.write(
            [&](Transaction& tx) { DataKeyRepository(tx).announce(journal_id_, host_, id); });
    keys_.activate(key_id);
    log_.info("keys.replaced", {{"dataKey", id}});
}

void DataKeyCustodian::accountForSeals() {
    for (const auto& key : keys_.all()) {
        const auto seals = key->takeSeals();
        if (seals == 0) continue;
        try {
            const auto id = std::int64_t{key->id()};
            const bool full = database_.write([&](Transaction& tx) {
                DataKeyRepository stored(tx);
                const auto total = stored.addSeals(id, static_cast<std::int64_t>(seals));
                return total >= policy_.seals_per_key && stored.activeId() == id;
            });
            if (!full) continue;
        } catch (...) {
            key->giveBackSeals(seals);
            throw;
        }
        try {
            const auto next = database_.write([&](Transaction& tx) {
                return replaceDataKey(tx, *ring(), audit::Actor::system(), random_);
            });
            log_.info("keys.limit_reached", {{"dataKey", std::int64_t{key->id()}}, {"next", next}});
        } catch (const Error& error) {
            if (error.code() != ErrorCode::Conflict) throw;  // another process has just done it
        }
    }
}

void DataKeyCustodian::withdrawFromJournal(const Stored& stored) {
    if (journal_ == nullptr) return;
    if (journal_searched_at_ && Steady::now() - *journal_searched_at_ < policy_.search_journal)
        return;
    journal_searched_at_ = Steady::now();
    const auto announced = database_.read(
        [&](Transaction& tx) { return DataKeyRepository(tx).announcedBy(journal_id_); });
    // A process whose ring lacks the new key still seals under the old one.
    const std::int64_t sealing = keys_.active()->id();
    const auto settled = [&](std::int64_t id) {
        return id != sealing &&
               std::any_of(stored.keys.begin(), stored.keys.end(), [&](const auto& key) {
                   return key.id == id && key.replaced_at &&
                          *key.replaced_at + kRetireAfter <= stored.now;
               });
    };
    std::vector<std::int64_t> candidates;
    std::copy_if(announced.begin(), announced.end(), std::back_inserter(candidates), settled);
    if (candidates.empty()) return;
    const auto in_use = journal_->keysInUse();
    database_.write([&](Transaction& tx) {
        for (const auto id : candidates)
            if (!in_use.contains(static_cast<std::uint32_t>(id)))
                DataKeyRepository(tx).withdraw(journal_id_, id);
    });
}

void DataKeyCustodian::keepUp() {
    const auto stored = readFrom(database_);
    bool complete = adopt(stored);
    if (!complete) {
        readRingAgain();
        complete = adopt(stored);
    }
    note(complete);
    // Before another key is activated: what is being sealed at that moment has until the next time.
    withdrawFromJournal(stored);
    activate(stored.activeId());
    accountForSeals();
}

}  // namespace postato::keys
