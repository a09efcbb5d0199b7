#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "app/commands/commands.hpp"
#include "app/commands/keyed_installation.hpp"
#include "keys/key_changes.hpp"
#include "persistence/sealed_row_repository.hpp"

namespace postato::app {
namespace {

using nlohmann::json;
using persistence::DataKeyState;

/// A data key and what needs it. Each was read at a moment of its own; `key retire` looks again.
struct Entry {
    persistence::StoredDataKey key;
    keys::KeyNeeds needs;
};

struct Found {
    std::vector<Entry> entries;
    /// Accounts under keys that the database does not have.
    std::map<std::int64_t, std::int64_t> lost;
};

Found lookAt(persistence::Transaction& tx) {
    Found found;
    found.lost = persistence::SealedRowRepository(tx).countPairs();
    const auto pairs = found.lost;
    for (auto& key : persistence::DataKeyRepository(tx).list()) {
        found.lost.erase(key.id);
        // Nothing is asked of a retired one: each question reads whole tables.
        auto needs =
            key.state == DataKeyState::Retired ? keys::KeyNeeds{} : keys::needsOf(tx, key, pairs);
        found.entries.push_back({std::move(key), std::move(needs)});
    }
    return found;
}

const char* wordOf(DataKeyState state) {
    switch (state) {
        case DataKeyState::Active:
            return "active";
        case DataKeyState::Replaced:
            return "replaced";
        case DataKeyState::Retired:
            break;
    }
    return "retired";
}

bool canRetire(const Entry& entry) {
    return entry.key.state == DataKeyState::Replaced && entry.needs.none();
}

std::string line(const Entry& entry) {
    const auto& [key, needs] = entry;
    auto text = "  " + std::to_string(key.id) + "  " + wordOf(key.state) + ", made " +
                toIso8601(key.created_at) + ", " + std::to_string(key.seals) + " texts sealed";
    if (key.state == DataKeyState::Retired) return text;
    text += ", " + std::to_string(needs.pairs) + " accounts and " + std::to_string(needs.texts) +
            " pending texts under it";
    if (canRetire(entry))
        text += "; nothing needs it: `postato key retire " + std::to_string(key.id) + "`";
    else if (key.state == DataKeyState::Replaced)
        text += "; still needed: " + needs.sentence();
    return text;
}

json jsonOf(const Entry& entry) {
    const auto& [key, needs] = entry;
    auto journals = json::array();
    for (const auto& journal : needs.journals)
        journals.push_back({{"id", journal.journal_id}, {"host", journal.host}});
    return {{"id", key.id},
            {"state", wordOf(key.state)},
            {"createdAt", toIso8601(key.created_at)},
            {"replacedAt", key.replaced_at ? json(toIso8601(*key.replaced_at)) : json()},
            {"seals", key.seals},
            {"ringKey", std::string(crypto::KeyRing::wrappingKeyOf(key.wrapped))},
            {"accounts", needs.pairs},
            {"pendingTexts", needs.texts},
            {"journals", journals},
            {"canRetire", canRetire(entry)}};
}

int status(const Arguments& arguments) {
    KeyedInstallation keyed(arguments);
    const auto found = keyed.installation.database->read(lookAt);
    const auto& entries = found.entries;

    const auto& ring = *keyed.ring;
    std::string text = "Key ring " + ring.id() + ":";
    auto ring_keys = json::array();
    for (const auto& id : ring.keyIds()) {
        const auto wrapped = std::count_if(entries.begin(), entries.end(), [&](const auto& entry) {
            return crypto::KeyRing::wrappingKeyOf(entry.key.wrapped) == id;
        });
        const bool active = id == ring.activeKeyId();
        text += "\n  " + id + (active ? "  active, wraps " : "  wraps ") + std::to_string(wrapped) +
                " data keys";
        ring_keys.push_back({{"id", id}, {"active", active}, {"dataKeys", wrapped}});
    }
    text += "\nData keys:";
    auto data_keys = json::array();
    for (const auto& entry : entries) {
        text += "\n" + line(entry);
        data_keys.push_back(jsonOf(entry));
    }
    if (entries.empty()) text += " none yet; `postato serve` makes the first one";
    auto lost = json::array();
    for (const auto& [id, accounts] : found.lost) {
        text += "\n  " + std::to_string(id) + "  lost: this database does not have it, and " +
                std::to_string(accounts) +
                " accounts are under it; let each service that may know it run, it puts it back";
        lost.push_back({{"id", id}, {"accounts", accounts}});
    }
    arguments.print(text, {{"ring", {{"id", ring.id()}, {"keys", ring_keys}}},
                           {"dataKeys", data_keys},
                           {"lostDataKeys", lost}});
    return 0;
}

}  // namespace

Command keyStatusCommand() {
    return {"key status",
            "Show every key, how much is sealed under it, and what needs it",
            "",
            {},
            status};
}

}  // namespace postato::app
