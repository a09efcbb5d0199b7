#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/commands/commands.hpp"
#include "app/commands/keyed_installation.hpp"
#include "crypto/key_ring_file.hpp"
#include "keys/key_changes.hpp"
#include "util/json.hpp"

namespace postato::app {
namespace {

/// Nothing when the text is not the number of a data key.
std::optional<std::int64_t> dataKeyId(const std::string& text) {
    std::int64_t id = 0;
    const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || stopped != text.data() + text.size() || id < 1) return std::nullopt;
    return id;
}

int retireDataKey(const Arguments& arguments, Installation& installation, std::int64_t id) {
    installation.database->write([&](persistence::Transaction& tx) {
        keys::retireDataKey(tx, id, arguments.values("forget-journal"), operatorHere(),
                            installation.random);
    });
    arguments.print("Data key " + std::to_string(id) + " is retired and its text destroyed.",
                    {{"dataKey", id}});
    return 0;
}

int retireRingKey(const Arguments& arguments, KeyedInstallation& keyed, const std::string& id) {
    keyed.requireRingFile("remove the key from it");
    if (!arguments.has("no-backup-needs-it"))
        throw Error(
            ErrorCode::InvalidArgument,
            PublicMessage{"Backups of the database made before `postato key rewrap` need " + id +
                          "; say --no-backup-needs-it when there are none, or a copy of "
                          "the key ring is kept for them"});
    crypto::KeyRingFile file(keyed.installation.config.encryption.keyring_file);
    auto& ring = file.ring();
    if (!ring.holds(id))
        throw Error(ErrorCode::InvalidArgument, PublicMessage{"The key ring holds no key " + id +
                                                              "; see `postato key status`"});
    const auto needed = keyed.installation.database->write([&](persistence::Transaction& tx) {
        const auto wraps = persistence::DataKeyRepository(tx).wraps();
        const auto count = std::count_if(wraps.begin(), wraps.end(), [&](const auto& wrap) {
            return crypto::KeyRing::wrappingKeyOf(wrap.wrapped) == id;
        });
        if (count == 0 && id != ring.activeKeyId())
            audit::record(tx,
                          {.type = "ring_key.retired",
                           .actor = operatorHere(),
                           .data = dumpJson({{"ringKey", id}})},
                          keyed.installation.random);
        return count;
    });
    if (needed > 0)
        throw Error(ErrorCode::Conflict,
                    PublicMessage{id + " still wraps " + std::to_string(needed) +
                                  " data keys; run `postato key rewrap` first"});
    ring.removeKey(id);
    file.save();
    arguments.print("Removed " + id + " from the key ring " + file.path().string() +
                        ". Copy the file to every other machine that runs Postato.",
                    {{"ringKey", id}, {"file", file.path().string()}});
    return 0;
}

int retire(const Arguments& arguments) {
    const auto& id = arguments.positional().front();
    const auto data_key = dataKeyId(id);
    KeyedInstallation keyed(arguments);
    // Rings made elsewhere name their keys as they like.
    const bool of_ring = keyed.ring->holds(id);
    if (data_key && of_ring)
        throw Error(ErrorCode::InvalidArgument,
                    PublicMessage{"The key ring holds a key with the id " + id +
                                  ", so it is not clear whether that or the data key is meant; "
                                  "give the key of the ring another id first"});
    if (data_key) return retireDataKey(arguments, keyed.installation, *data_key);
    if (of_ring) return retireRingKey(arguments, keyed, id);
    throw Error(ErrorCode::InvalidArgument,
                PublicMessage{id + " is neither the number of a data key nor the id of a key of "
                                   "the ring; see `postato key status`"});
}

}  // namespace

Command keyRetireCommand() {
    return {"key retire",
            "Destroy a replaced key, unless something still needs it",
            "ID",
            {{"no-backup-needs-it", "",
              "for a key of the ring: no backup of the database that is kept needs it"},
             {"forget-journal", "JOURNAL",
              "for a data key: the machine with this answer journal is gone for good", true}},
            retire};
}

}  // namespace postato::app
