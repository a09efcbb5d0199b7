#include "key_world.hpp"

#include <fcntl.h>

#include <fstream>

#include "journal/journal_identity.hpp"

namespace postato::keys::testing {
KeyWorld::KeyWorld(const postato::testing::Backend& backend)
    : db(backend),
      log_file(::open((directory.path() / "log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)),
      log(db.clock, log_file.get()) {
    place.ring =
        std::make_shared<const crypto::KeyRing>(crypto::KeyRing::make(db.clock.now(), db.random));
}

std::size_t KeyWorld::logged(const std::string& event) const {
    std::ifstream lines(directory.path() / "log");
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line);)
        count += line.find('"' + event + '"') != std::string::npos ? 1 : 0;
    return count;
}

crypto::KeyRing KeyWorld::copyOfRing() const {
    return crypto::KeyRing::parse(place.ring->document());
}

std::unique_ptr<Process> KeyWorld::start() {
    return std::make_unique<Process>(*this, "machine-" + std::to_string(++started_));
}

std::vector<persistence::StoredDataKey> KeyWorld::stored() {
    return db->read(
        [](persistence::Transaction& tx) { return persistence::DataKeyRepository(tx).list(); });
}

void KeyWorld::insertText(const std::string& sealed) {
    const auto workspace = db.makeWorkspace();
    db.sql(
        "INSERT INTO revocations (id, workspace_id, platform, client_id, grant_key, "
        "credentials_sealed, created_at, give_up_at) VALUES ('rev_1', '" +
        workspace.id().str() + "', 'scripted', 'client', 'grant', '" + sealed + "', 0, 0)");
}

Process::Process(KeyWorld& world, const std::string& name)
    : database(world.db.another()),
      aside(world.db.another()),
      custodian(*database, *aside, world.place.source(), world.db.clock, world.db.random, world.log,
                world.policy) {
    const auto installation = custodian.open(world.place.source()());
    cipher = std::make_unique<crypto::TokenCipher>(installation.str(), custodian.keys(),
                                                   world.db.random);
    const auto place = world.directory.path() / name;
    journal = std::make_unique<journal::AnswerJournal>(place, *cipher);
    custodian.attach(*journal, journal::identify(place, world.db.clock.now(), world.db.random),
                     name);
}

journal::JournalEntry Process::keepAnswer() {
    auto entry = journal->begin(
        {journal::Operation::Refresh, "wks_1", "scripted", "acc_1", "att_1", /*generation=*/1});
    entry.record({TimePoint{}, "POST", "https://scripted.example/token", {200, {}, "{}"}});
    return entry;
}

std::int64_t replace(KeyWorld& world) {
    return world.write([&](persistence::Transaction& tx) {
        return replaceDataKey(tx, *world.place.ring, kOperator, world.db.random);
    });
}

void retire(KeyWorld& world, std::int64_t id, const std::vector<std::string>& forgotten) {
    world.write([&](persistence::Transaction& tx) {
        retireDataKey(tx, id, forgotten, kOperator, world.db.random);
    });
}

void loseKeyTwo(KeyWorld& world) {
    world.db.sql("DELETE FROM data_keys WHERE id = 2");
    world.db.sql("DELETE FROM journal_keys WHERE key_id = 2");
    world.db.sql("UPDATE data_keys SET state = 'active', replaced_at = NULL WHERE id = 1");
}

Ring rewrapUnderNewRingKey(KeyWorld& world) {
    auto longer = world.copyOfRing();
    longer.activate(longer.addKey(world.db.clock.now(), world.db.random));
    world.write([&](persistence::Transaction& tx) {
        return rewrapDataKeys(tx, longer, kOperator, world.db.random);
    });
    return std::make_shared<const crypto::KeyRing>(std::move(longer));
}

Ring replaceUnderNewRingKey(KeyWorld& world) {
    auto newer = rewrapUnderNewRingKey(world);
    world.write([&](persistence::Transaction& tx) {
        return replaceDataKey(tx, *newer, kOperator, world.db.random);
    });
    return newer;
}

}  // namespace postato::keys::testing
