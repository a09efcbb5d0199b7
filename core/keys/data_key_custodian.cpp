#include "keys/data_key_custodian.hpp"

#include <utility>

#include "keys/key_changes.hpp"
#include "util/error.hpp"

namespace postato::keys {
namespace {

/// Others can open what is sealed under it: nobody may conclude that the text is lost.
Error outOfReach(std::uint32_t id) {
    return Error(
        ErrorCode::Unavailable,
        PublicMessage{"A stored secret cannot be opened here now; try again"},
        InternalDetail{"this process's key ring does not open data key " + std::to_string(id)});
}

}  // namespace

DataKeyCustodian::DataKeyCustodian(persistence::Database& database, persistence::Database& aside,
                                   RingSource source, const Clock& clock, Random& random,
                                   const Logger& log, CustodyPolicy policy)
    : database_(database),
      aside_(aside),
      clock_(clock),
      random_(random),
      log_(log),
      ring_(std::move(source), policy.read_ring_again, log),
      keys_(log),
      rescue_(database, random, log),
      announcements_(database, policy.search_journal),
      seals_(database, random, log, policy.seals_per_key) {
    keys_.set().onMiss([this](std::uint32_t id) { learn(id); });
}

InstallationId DataKeyCustodian::open(std::shared_ptr<const crypto::KeyRing> ring) {
    ring_.start(ring);
    const auto ensure = [&](persistence::Transaction& tx) {
        return ensureDataKey(tx, *ring, clock_, random_);
    };
    std::optional<InstallationId> id;
    try {
        id = database_.write(ensure);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::Conflict) throw;
        // Another process made the first key at the same moment: its key is the one that stands.
        id = database_.write(ensure);
    }
    keys_.belongTo(id->str());
    const auto stored = StoredKeys::readFrom(database_);
    keys_.takeAll(stored, *ring);
    note(stored);
    keys_.set().activate(idOf(stored.active()));
    sealing_ = true;
    return *id;
}

void DataKeyCustodian::attach(const journal::AnswerJournal& journal, std::string journal_id,
                              std::string host) {
    rescue_.attach(journal.directory() / "keys");
    auto stored = StoredKeys::readFrom(database_);
    // Answers may lie under a key that the database lost while no process ran.
    keys_.adopt(rescue_.openLost(*ring_.get(), keys_.installation(), stored.keys));
    if (putBackLost(stored)) stored = StoredKeys::readFrom(database_);
    note(stored);
    rescue_.keepCopies(keys_.copies(), stored.keys);
    announcements_.attach(journal, std::move(journal_id), std::move(host),
                          keys_.set().active()->id());
}

void DataKeyCustodian::learn(std::uint32_t id) {
    auto answer = missed_.last(id);
    if (!answer) {
        const auto stored = StoredKeys::readFrom(aside_);
        keys_.adopt(stored, *ring_.get());
        if (keys_.set().known(id)) return;
        answer = stored.find(id) != nullptr ? MissedKeys::Answer::OutOfReach
                                            : MissedKeys::Answer::Unknown;
        missed_.keep(id, *answer);
    }
    if (*answer == MissedKeys::Answer::OutOfReach) throw outOfReach(id);
}

void DataKeyCustodian::keepUp() {
    auto stored = StoredKeys::readFrom(database_);
    if (putBackLost(stored)) stored = StoredKeys::readFrom(database_);
    take(stored);
    if (!keys_.allBacked(stored, *ring_.get()) || !ring_.holdsAll(stored)) {
        ring_.readAgain();
        take(stored);
    }
    note(stored);
    rescue_.keepCopies(keys_.copies(), stored.keys);
    announceAtOnce();
    leaveUnbacked(stored);
    // Before another key is activated: what is being sealed at that moment has until the next time.
    announcements_.keepUp(keys_.set(), stored.keys, stored.now);
    activate(stored.active());
    seals_.settle(keys_.set(), *ring_.get());
}

void DataKeyCustodian::take(const StoredKeys& stored) {
    const auto ring = ring_.get();
    unannounced_.merge(keys_.recheck(stored, *ring));
    keys_.adopt(stored, *ring);
}

/// What is sealed under a key without a row opens in the processes that know it, and ends with
/// them.
bool DataKeyCustodian::putBackLost(const StoredKeys& stored) {
    const auto lost = rescue_.putBack(keys_.installation(), keys_.copies(), stored.keys);
    unannounced_.insert(lost.begin(), lost.end());
    return !lost.empty();
}

/// Not with the next search of the journal: the number must not be given out again, nor the key be
/// retired.
void DataKeyCustodian::announceAtOnce() {
    if (unannounced_.empty()) return;
    announcements_.announce(unannounced_);
    unannounced_.clear();
}

void DataKeyCustodian::note(const StoredKeys& stored) {
    const bool complete = keys_.allBacked(stored, *ring_.get());
    const bool current = ring_.holdsAll(stored);
    if (complete_.exchange(complete) && !complete)
        log_.error("keys.ring_incomplete",
                   {{"ring", ring_.get()->id()},
                    {"advice",
                     "a data key is wrapped under a key that this machine's key ring "
                     "lacks; bring the ring up to date"}});
    if (ring_current_.exchange(current) && !current && complete)
        log_.error("keys.ring_outdated",
                   {{"ring", ring_.get()->id()},
                    {"advice",
                     "a data key was wrapped anew under a key that this machine's key ring lacks; "
                     "bring the ring up to date, or this service will not start again"}});
}

/// What is sealed under bytes that the database does not have ends with this process.
void DataKeyCustodian::leaveUnbacked(const StoredKeys& stored) {
    const auto ring = ring_.get();
    // Another key is taken up first, where there is one: answers come in between.
    const auto* next = stored.findActive();
    if (next != nullptr && !keys_.sealsBacked(stored, *ring)) activate(*next);
    const bool sealing = keys_.sealsBacked(stored, *ring);
    if (!sealing) keys_.set().deactivate();
    if (std::exchange(sealing_, sealing) && !sealing)
        log_.error("keys.sealing_stopped",
                   {{"advice",
                     "the key that this process sealed under was retired, damaged, or lost its "
                     "number to another; nothing is sealed until the key ring opens the active "
                     "one"}});
}

void DataKeyCustodian::activate(const persistence::StoredDataKey& key) {
    if (keys_.set().activeId() == idOf(key)) return;
    if (!keys_.backed(key, *ring_.get()))
        return;  // the ring lacks its key; the old one still seals
    announcements_.announce(idOf(key));
    keys_.set().activate(idOf(key));
    sealing_ = true;
    log_.info("keys.replaced", {{"dataKey", key.id}});
}

}  // namespace postato::keys
