#include <nlohmann/json.hpp>

#include "accounts/seal_check.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/keyed_installation.hpp"
#include "journal/journal_inspection.hpp"
#include "keys/key_loading.hpp"

namespace postato::app {
namespace {

int verify(const Arguments& arguments) {
    KeyedInstallation keyed(arguments);
    auto& installation = keyed.installation;
    crypto::DataKeys keys;
    const auto id = keys::loadDataKeys(*installation.database, *keyed.ring, keys);
    // A service may put a key in use while this runs.
    keys.onMiss([&](std::uint32_t) {
        try {
            keys::loadDataKeys(*installation.database, *keyed.ring, keys);
        } catch (const Error& error) {
            // A ring that lacks it: the text does not open, and is named by its own place.
            if (error.code() != ErrorCode::DecryptFailed) throw;
        }
    });
    const crypto::TokenCipher cipher(id.str(), keys, installation.random);
    const accounts::TokenVault vault(cipher);

    const auto rows = accounts::checkSeals(*installation.database, vault);
    const auto journal =
        journal::checkSeals(installation.config.server.state_directory / "journal", cipher);
    const auto failed = rows.failed + static_cast<std::int64_t>(journal.failures.size());

    std::string text = "Opened the tokens of " + std::to_string(rows.accounts) + " accounts, " +
                       std::to_string(rows.connections) + " pending connections, " +
                       std::to_string(rows.revocations) + " waiting revocations and " +
                       std::to_string(journal.opened) + " journalled answers on this machine.";
    auto places = rows.failures;
    for (const auto& file : journal.failures) places.push_back("journal file " + file);
    text +=
        failed == 0 ? " Everything opens." : "\n" + std::to_string(failed) + " texts do not open:";
    for (const auto& place : places) text += "\n  " + place;
    if (failed > static_cast<std::int64_t>(places.size())) text += "\n  ...";
    arguments.print(text, {{"ok", failed == 0},
                           {"accounts", rows.accounts},
                           {"connections", rows.connections},
                           {"revocations", rows.revocations},
                           {"journalEntries", journal.opened},
                           {"failed", failed},
                           {"failures", places}});
    return failed == 0 ? 0 : kFailure;
}

}  // namespace

Command keyVerifyCommand() {
    return {"key verify",
            "Open everything that is sealed, to prove that the keys at hand are enough",
            "",
            {},
            verify};
}

}  // namespace postato::app
