#include "service_world.hpp"

#include "persistence/durability.hpp"

#include <fcntl.h>

#include "journal/journal_clients.hpp"

namespace postato::accounts::testing {
namespace {

int nowhere() {
    static const int descriptor = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    return descriptor;
}

platforms::PlatformRegistry makeRegistry(const std::shared_ptr<ScriptedPlatform>& platform,
                                         const Logger& log, const std::string& version = "1") {
    platforms::PlatformEntry entry;
    entry.version = version;
    entry.id = kPlatform;
    entry.display_name = platform->facts.display_name;
    entry.state = platforms::PlatformState::Ready;
    entry.client_id = "client";
    entry.scopes = {"read", "write"};
    platforms::LaneOptions lane;
    lane.slots = 128;
    entry.platform = std::make_shared<platforms::GuardedPlatform>(kPlatform, platform, lane, log);
    return platforms::PlatformRegistry({entry});
}

std::shared_ptr<ScriptedPlatform> makePlatform(const ServiceWorld::Adjust& adjust) {
    auto platform = std::make_shared<ScriptedPlatform>();
    adjust(*platform);
    return platform;
}

}  // namespace

ServiceWorld::ServiceWorld(const postato::testing::Backend& backend, const Adjust& adjust)
    : db(backend),
      platform(makePlatform(adjust)),
      log(db.clock, nowhere()),
      vault(cipher),
      journal(directory.path() / "journal", cipher),
      registry(makeRegistry(platform, log)),
      gateway{registry,
              [this](std::chrono::milliseconds) {
                  return std::make_unique<ScriptedNetwork>(*platform);
              }},
      schedule(db.random, policy),
      revocations(*db, gateway, vault, db.random, log, "one", {}),
      breakers(*db, db.clock, db.random, log, {}),
      settlement(*db, vault, revocations, breakers, schedule, db.random, log, policy),
      writer(gateway, vault, schedule, revocations, db.random),
      refresher(*db, gateway, vault, journal, breakers, settlement, db.clock, db.random, log, "one",
                policy),
      on_demand(*db, gateway, vault, refresher, policy),
      accounts(*db, gateway, vault, journal, on_demand, revocations, db.random, log),
      connections(*db, gateway, vault, journal, writer, revocations, db.random, log,
                  {.public_url = "https://postato.example"}),
      replay(*db, gateway, vault, journal, settlement, connections, log),
      settling(*db, replay, refresher.gate(), log, directory.path() / "settled-with"),
      housekeeper(*db, gateway, vault, journal, revocations, breakers, db.random, log, {}),
      workspace(db.makeWorkspace()) {
    openGate(refresher);
}

void ServiceWorld::openGate(TokenRefresher& of, bool nothing_lost) {
    of.gate().open(
        db->read([](persistence::Transaction& tx) { return persistence::incarnation(tx); }),
        nothing_lost);
}

AccountId ServiceWorld::connect(const persistence::WorkspaceScope& scope,
                                const std::string& person) {
    db.clock.advance(std::chrono::milliseconds(1));  // events of one moment have no order
    return db->write([&](persistence::Transaction& tx) {
        ConsentedGrant grant{.platform = kPlatform,
                             .scopes_requested = {"read", "write"},
                             .scopes_granted = {"read", "write"},
                             .credentials = platform->consented(person),
                             .received_at = tx.now()};
        sdk::Identity identity;
        identity.id = person;
        identity.username = "@" + person;
        grant.identities.push_back(identity);
        return writer.connect(tx, scope, grant, audit::Actor::system()).front();
    });
}

std::size_t ServiceWorld::refreshDue() {
    const auto claims = refresher.claimDue(kPlatform, 100);
    for (const auto& claim : claims) refresher.run(claim, {});
    return claims.size();
}

bool ServiceWorld::dieAfterAnswer() {
    bool all = true;
    for (const auto& claim : refresher.claimDue(kPlatform, 100)) {
        const auto& pair = claim.stored.tokens;
        if (claim.taken_over || journal.concerns(pair.account_id.str())) {
            all = false;
            continue;
        }
        auto entry =
            journal.begin({journal::Operation::Refresh, claim.scope.id().str(), claim.platform,
                           pair.account_id.str(), claim.attempt_id, pair.generation});
        const auto old = vault.open(claim.scope, pair, db.clock.now());
        ScriptedNetwork network(*platform);
        journal::RecordingClient http(network, entry, db.clock, log);
        all = platform->refresh(http, old).ok() && all;
    }
    return all;
}

void ServiceWorld::replaceDataKey(std::uint32_t id, char fill) {
    data_keys.add(id, fill);
    db.sql("UPDATE data_keys SET state = 'retiring', replaced_at = 0");
    for (const auto key : {1u, id})
        db.sql("INSERT INTO data_keys (id, wrapped, state, created_at, replaced_at) VALUES (" +
               std::to_string(key) + ", '', 'retiring', 0, 0) ON CONFLICT (id) DO NOTHING");
    db.sql("UPDATE data_keys SET state = 'active', replaced_at = NULL WHERE id = " +
           std::to_string(id));
}

persistence::Account ServiceWorld::account(const persistence::WorkspaceScope& scope,
                                           const AccountId& id) {
    return accounts.get(scope, id).account;
}

std::optional<persistence::StoredTokens> ServiceWorld::tokens(
    const persistence::WorkspaceScope& scope, const AccountId& id) {
    return db->read([&](persistence::Transaction& tx) {
        return persistence::TokenRepository(tx).find(scope, id);
    });
}

std::string ServiceWorld::accessToken(const persistence::WorkspaceScope& scope,
                                      const AccountId& id) {
    const auto stored = tokens(scope, id);
    return std::string(vault.open(scope, stored->tokens, db.clock.now()).access_token.reveal());
}

std::vector<std::string> ServiceWorld::eventTypes(const persistence::WorkspaceScope& scope,
                                                  const AccountId& id) {
    std::vector<std::string> types;
    for (const auto& event : accounts.events(scope, id, 50, std::nullopt))
        types.push_back(event.type);
    return types;
}

std::unique_ptr<OtherProcess> ServiceWorld::anotherProcess(const std::string& journal_name) {
    return std::make_unique<OtherProcess>(*this, journal_name);
}

OtherProcess::OtherProcess(ServiceWorld& world, const std::string& journal_name)
    : database(world.db.another()),
      own_journal(journal_name.empty() ? nullptr
                                       : std::make_unique<journal::AnswerJournal>(
                                             world.directory.path() / journal_name, world.cipher)),
      settlement(*database, world.vault, world.revocations, world.breakers, world.schedule,
                 world.db.random, world.log, world.policy),
      refresher(*database, world.gateway, world.vault, own_journal ? *own_journal : world.journal,
                world.breakers, settlement, world.db.clock, world.db.random, world.log, "two",
                world.policy),
      on_demand(*database, world.gateway, world.vault, refresher, world.policy) {
    world.openGate(refresher);
}

void ServiceWorld::installPlugin(const std::string& version) {
    registry = makeRegistry(platform, log, version);
}

}  // namespace postato::accounts::testing
