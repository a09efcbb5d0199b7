// Another key in the place of the one in use: of the data keys, or of the ring that wraps them.

#include <nlohmann/json.hpp>
#include <optional>

#include "app/commands/commands.hpp"
#include "app/commands/keyed_installation.hpp"
#include "crypto/key_ring_file.hpp"
#include "keys/key_changes.hpp"
#include "util/json.hpp"

namespace postato::app {
namespace {

/// To be committed before the file is saved, which cannot be taken back: no record, no act.
void recordOf(persistence::Transaction& tx, const char* type, const std::string& ring_key,
              Random& random) {
    audit::record(
        tx, {.type = type, .actor = operatorHere(), .data = dumpJson({{"ringKey", ring_key}})},
        random);
}

int addRingKey(const Arguments& arguments, KeyedInstallation& keyed) {
    keyed.requireRingFile("add a key to it");
    auto& installation = keyed.installation;
    crypto::KeyRingFile file(installation.config.encryption.keyring_file);
    const auto id = file.ring().addKey(installation.clock.now(), installation.random);
    installation.database->write([&](persistence::Transaction& tx) {
        recordOf(tx, "ring_key.added", id, installation.random);
    });
    file.save();
    arguments.print("Added " + id + " to the key ring " + file.path().string() +
                        ". It wraps nothing yet: copy the file to every machine that runs Postato, "
                        "and keep a copy apart from the database's; then run `postato key rewrap`.",
                    {{"ringKey", id}, {"file", file.path().string()}});
    return 0;
}

int rotate(const Arguments& arguments) {
    KeyedInstallation keyed(arguments);
    if (arguments.has("ring")) return addRingKey(arguments, keyed);
    auto& installation = keyed.installation;
    const auto id = installation.database->write([&](persistence::Transaction& tx) {
        return keys::replaceDataKey(tx, *keyed.ring, operatorHere(), installation.random);
    });
    arguments.print("Data key " + std::to_string(id) +
                        " is the active one now. Running services take it up within seconds and "
                        "seal everything anew; `postato key status` shows how much is left.",
                    {{"dataKey", id}});
    return 0;
}

int rewrap(const Arguments& arguments) {
    KeyedInstallation keyed(arguments);
    auto& installation = keyed.installation;
    // A ring from elsewhere says itself which of its keys is active.
    std::optional<crypto::KeyRingFile> file;
    if (keyed.isRingFile() && keyed.ring->activeKeyId() != keyed.ring->keyIds().back()) {
        file.emplace(installation.config.encryption.keyring_file);
        file->ring().activate(file->ring().keyIds().back());
    }
    const crypto::KeyRing& ring = file ? file->ring() : *keyed.ring;
    const auto count = installation.database->write([&](persistence::Transaction& tx) {
        if (file) recordOf(tx, "ring_key.activated", ring.activeKeyId(), installation.random);
        return keys::rewrapDataKeys(tx, ring, operatorHere(), installation.random);
    });
    if (file) file->save();
    arguments.print(
        "All data keys are wrapped under " + ring.activeKeyId() + "; " + std::to_string(count) +
            " of them were under another key of the ring, and new ones will be wrapped as "
            "they are. Copy the key ring to every machine again, so that its copies "
            "agree on the active key.",
        {{"ringKey", ring.activeKeyId()}, {"rewrapped", count}});
    return 0;
}

}  // namespace

Command keyRotateCommand() {
    return {"key rotate",
            "Put a new data key in the place of the active one, beside a running service",
            "",
            {{"ring", "", "add a key to the key ring's file instead; `key rewrap` puts it to use"}},
            rotate};
}

Command keyRewrapCommand() {
    return {
        "key rewrap", "Wrap the data keys under the newest key of the key ring", "", {}, rewrap};
}

}  // namespace postato::app
