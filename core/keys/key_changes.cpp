#include "keys/key_changes.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "crypto/data_key.hpp"
#include "crypto/token_cipher.hpp"
#include "persistence/installation_repository.hpp"
#include "persistence/sealed_row_repository.hpp"
#include "util/error.hpp"
#include "util/json.hpp"

namespace postato::keys {
namespace {

using persistence::DataKeyRepository;
using persistence::DataKeyState;
using persistence::Transaction;

Error conflict(std::string message) {
    return Error(ErrorCode::Conflict, PublicMessage{std::move(message)});
}

std::string counted(std::int64_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

InstallationId installationOf(Transaction& tx) {
    auto id = persistence::InstallationRepository(tx).find();
    if (!id)
        throw conflict(
            "This database was never used; `postato serve` sets it up at its first start");
    return *id;
}

void makeDataKey(Transaction& tx, const InstallationId& installation, std::int64_t id,
                 const crypto::KeyRing& ring, std::string_view ring_key, Random& random) {
    const auto key = crypto::createDataKey(ring, ring_key, installation.str(),
                                           static_cast<std::uint32_t>(id), random);
    DataKeyRepository(tx).insert(id, key.wrapped);
}

/// The largest number that anything here knows a key by. A failover may have lost the key itself.
std::int64_t largestNumber(Transaction& tx) {
    auto largest = DataKeyRepository(tx).largestIdNamed();
    for (const auto& prefix : persistence::SealedRowRepository(tx).textPrefixes())
        if (const auto id = crypto::keyIdOfPrefix(prefix))
            largest = std::max(largest, std::int64_t{*id});
    return largest;
}

std::int64_t addActiveKey(Transaction& tx, const crypto::KeyRing& ring, std::string_view ring_key,
                          const audit::Actor& actor, Random& random) {
    const auto installation = installationOf(tx);
    DataKeyRepository keys(tx);
    // A ring that does not open what is in use must not make more of it.
    for (const auto& key : keys.wraps())
        crypto::unwrapDataKey(ring, installation.str(),
                              {static_cast<std::uint32_t>(key.id), key.wrapped});
    const auto id = largestNumber(tx) + 1;
    if (id > std::numeric_limits<std::uint32_t>::max())
        throw conflict(
            "A row of data_keys, social_account_tokens, connections, revocations or journal_keys "
            "names the last number that a data key can have; repair it, then try again");
    makeDataKey(tx, installation, id, ring, ring_key, random);
    keys.replaceAllBut(id);
    audit::record(
        tx, {.type = "data_key.replaced", .actor = actor, .data = dumpJson({{"dataKey", id}})},
        random);
    return id;
}

}  // namespace

Error lostKeys() {
    return conflict(
        "The database holds sealed rows, but the keys they were sealed with are gone from it; "
        "restore the table data_keys from a backup");
}

InstallationId ensureDataKey(Transaction& tx, const crypto::KeyRing& ring, const Clock& clock,
                             Random& random) {
    persistence::InstallationRepository installations(tx);
    const auto installation = installations.ensure(InstallationId::make(clock.now(), random));
    if (!DataKeyRepository(tx).list().empty()) return installation;
    if (installations.hasSealedRows()) throw lostKeys();
    makeDataKey(tx, installation, 1, ring, ring.activeKeyId(), random);
    return installation;
}

bool putBackDataKey(Transaction& tx, const std::string& installation, const KeyCopy& key,
                    Random& random) {
    if (installationOf(tx).str() != installation)
        throw conflict(
            "This database is another installation's than at the start of this process; stop the "
            "process");
    if (!DataKeyRepository(tx).putBack(key.id, key.wrapped, key.created_at)) return false;
    audit::record(tx,
                  {.type = "data_key.restored",
                   .actor = audit::Actor::system(),
                   .data = dumpJson({{"dataKey", key.id}})},
                  random);
    return true;
}

std::int64_t replaceDataKey(Transaction& tx, const crypto::KeyRing& ring, const audit::Actor& actor,
                            Random& random) {
    const auto stored = DataKeyRepository(tx).list();
    if (stored.empty())
        throw conflict("There is no data key to replace; start `postato serve` once");
    const auto active = std::find_if(stored.begin(), stored.end(), [](const auto& key) {
        return key.state == DataKeyState::Active;
    });
    // None is active where all were lost and put back; then the ring is the best guess.
    const auto ring_key = active == stored.end() ? std::string_view(ring.activeKeyId())
                                                 : crypto::KeyRing::wrappingKeyOf(active->wrapped);
    return addActiveKey(tx, ring, ring_key, actor, random);
}

std::int64_t replaceFullDataKey(Transaction& tx, std::int64_t full, const crypto::KeyRing& ring,
                                Random& random) {
    if (DataKeyRepository(tx).activeId() != full)
        throw conflict("Data key " + std::to_string(full) + " is not the active one any more");
    return replaceDataKey(tx, ring, audit::Actor::system(), random);
}

std::int64_t rewrapDataKeys(Transaction& tx, const crypto::KeyRing& ring, const audit::Actor& actor,
                            Random& random) {
    const auto installation = installationOf(tx);
    DataKeyRepository keys(tx);
    std::int64_t rewrapped = 0;
    for (const auto& key : keys.wraps()) {
        const auto id = static_cast<std::uint32_t>(key.id);
        const auto data_key = crypto::unwrapDataKey(ring, installation.str(), {id, key.wrapped});
        if (crypto::KeyRing::wrappingKeyOf(key.wrapped) == ring.activeKeyId()) continue;
        if (!keys.rewrap(key.id, key.wrapped, ring.wrap(installation.str(), id, data_key, random)))
            throw conflict("Somebody else is changing the data keys; try again");
        ++rewrapped;
    }
    if (rewrapped > 0)
        audit::record(tx,
                      {.type = "data_keys.rewrapped",
                       .actor = actor,
                       .data = dumpJson({{"ringKey", ring.activeKeyId()}, {"count", rewrapped}})},
                      random);
    return rewrapped;
}

std::string KeyNeeds::sentence() const {
    std::vector<std::string> reasons;
    if (pairs > 0)
        reasons.push_back(counted(pairs, "account") +
                          " will be sealed anew by the running service first");
    if (texts > 0)
        reasons.push_back(counted(texts, "pending connection or revocation") +
                          " will end within a day");
    for (const auto& journal : journals)
        reasons.push_back("the answer journal " + journal.journal_id + " on " + journal.host +
                          " may hold answers under it, until a service that runs there has used "
                          "them up");
    if (not_before)
        reasons.push_back("it was replaced less than " + std::to_string(kRetireAfter.count()) +
                          " minutes ago");
    std::string text;
    for (const auto& reason : reasons) text += (text.empty() ? "" : "; ") + reason;
    return text;
}

KeyNeeds needsOf(Transaction& tx, const persistence::StoredDataKey& key,
                 const std::map<std::int64_t, std::int64_t>& pairs) {
    KeyNeeds needs;
    if (const auto found = pairs.find(key.id); found != pairs.end()) needs.pairs = found->second;
    needs.texts = persistence::SealedRowRepository(tx).countTexts(
        crypto::prefixOf(static_cast<std::uint32_t>(key.id)));
    needs.journals = DataKeyRepository(tx).journalsWith(key.id);
    if (key.replaced_at && tx.now() < *key.replaced_at + kRetireAfter)
        needs.not_before = *key.replaced_at + kRetireAfter;
    return needs;
}

void forgetJournal(Transaction& tx, std::int64_t id, const std::string& journal_id) {
    DataKeyRepository keys(tx);
    const auto announced = keys.announcedBy(journal_id);
    const bool known = std::any_of(announced.begin(), announced.end(),
                                   [&](const auto& key) { return key.key_id == id; });
    if (!known)
        throw Error(ErrorCode::InvalidArgument,
                    PublicMessage{"No journal " + journal_id + " may hold answers under data key " +
                                  std::to_string(id) + "; see `postato key status`"});
    // A service says each minute that it is there, also one that can seal nothing.
    for (const auto& key : announced)
        if (tx.now() < key.announced_at + kRetireAfter)
            throw conflict("A service worked with the journal " + journal_id + " less than " +
                           std::to_string(kRetireAfter.count()) +
                           " minutes ago, and may hold answers that nobody else has");
    keys.withdraw(journal_id, id, tx.now() - kRetireAfter);
}

void retireDataKey(Transaction& tx, std::int64_t id, const std::vector<std::string>& forgotten,
                   const audit::Actor& actor, Random& random) {
    for (const auto& journal : forgotten) forgetJournal(tx, id, journal);
    DataKeyRepository keys(tx);
    const auto name = "Data key " + std::to_string(id);
    const auto stored = keys.list();
    const auto key =
        std::find_if(stored.begin(), stored.end(), [&](const auto& one) { return one.id == id; });
    if (key == stored.end())
        throw conflict(name + " is none of this database's; see `postato key status`");
    if (key->state == DataKeyState::Retired) throw conflict(name + " was retired before");
    if (key->state == DataKeyState::Active)
        throw conflict(name + " is the active one; run `postato key rotate` first");
    const auto needs = needsOf(tx, *key, persistence::SealedRowRepository(tx).countPairs());
    if (!needs.none()) throw conflict(name + " is still needed: " + needs.sentence());
    if (!keys.retire(id)) throw conflict(name + " was changed meanwhile; see `postato key status`");
    nlohmann::json data{{"dataKey", id}};
    if (!forgotten.empty()) data["forgottenJournals"] = forgotten;
    audit::record(tx, {.type = "data_key.retired", .actor = actor, .data = dumpJson(data)}, random);
}

}  // namespace postato::keys
