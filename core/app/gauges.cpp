#include "app/gauges.hpp"

#include "accounts/claim_gate.hpp"
#include "accounts/platform_breakers.hpp"
#include "journal/journal_inspection.hpp"
#include "keys/data_key_custodian.hpp"
#include "metrics/metrics.hpp"
#include "persistence/data_key_repository.hpp"
#include "persistence/database.hpp"
#include "persistence/revocation_repository.hpp"
#include "persistence/sealed_row_repository.hpp"
#include "persistence/token_repository.hpp"

namespace postato::app {
namespace {

using metrics::Reading;
using persistence::Transaction;
using Readings = std::vector<Reading>;

double number(std::int64_t count) { return static_cast<double>(count); }

Readings sealsByKey(Transaction& tx) {
    Readings readings;
    for (const auto& key : persistence::DataKeyRepository(tx).list())
        if (key.state != persistence::DataKeyState::Retired)
            readings.push_back({{{"data_key", std::to_string(key.id)}}, number(key.seals)});
    return readings;
}

Readings accountsToReseal(Transaction& tx) {
    const auto active = persistence::DataKeyRepository(tx).activeId();
    return {{{}, number(persistence::SealedRowRepository(tx).countPairsNotUnder(active))}};
}

Readings dueByPlatform(Transaction& tx) {
    Readings readings;
    for (const auto& [platform, count] : persistence::TokenRepository(tx).countDue())
        readings.push_back({{{"platform", platform}}, number(count)});
    return readings;
}

Readings waitingRevocations(Transaction& tx) {
    return {{{}, number(persistence::RevocationRepository(tx).countWaiting())}};
}

Readings openIncidents(accounts::PlatformBreakers& breakers) {
    Readings readings;
    for (const auto& incident : breakers.open())
        readings.push_back({{{"platform", incident.platform}, {"cause", incident.cause}}, 1});
    return readings;
}

Readings journalEntries(const std::filesystem::path& journal) {
    const auto stock = journal::takeStock(journal);
    const auto entry = [](const char* part, std::size_t count) {
        return Reading{{{"part", part}}, static_cast<double>(count)};
    };
    return {entry("open", stock.open), entry("settled", stock.settled),
            entry("unread", stock.unread)};
}

}  // namespace

void addGauges(metrics::Metrics& metrics, persistence::Database& database,
               accounts::PlatformBreakers& breakers, const keys::DataKeyCustodian& custodian,
               const accounts::ClaimGate& gate, const std::filesystem::path& journal) {
    const auto fromDatabase = [&](const char* name, const char* help,
                                  Readings (*read)(Transaction&)) {
        metrics.add({name, help, [&database, read] { return database.read(read); }});
    };
    metrics.add({"postato_database_up", "1 while the database answers", [&database] {
                     return Readings{{{}, database.reachable() ? 1.0 : 0.0}};
                 }});
    metrics.add(
        {"postato_keys_complete", "0 while the key ring lacks a key that is in use", [&custodian] {
             return Readings{{{}, custodian.ringCurrent() ? 1.0 : 0.0}};
         }});
    metrics.add({"postato_claims_held",
                 "1 while strictly rotating platforms wait for the journals of other machines",
                 [&gate] {
                     return Readings{{{}, gate.isCalm() ? 0.0 : 1.0}};
                 }});
    metrics.add({"postato_platform_incidents", "Open incidents of platforms as a whole",
                 [&breakers] { return openIncidents(breakers); }});
    metrics.add({"postato_journal_entries", "Files in this machine's answer journal",
                 [journal] { return journalEntries(journal); }});
    fromDatabase("postato_data_key_seals", "Texts sealed under each data key", sealsByKey);
    fromDatabase("postato_accounts_to_reseal",
                 "Accounts whose tokens are sealed under a data key that was replaced",
                 accountsToReseal);
    fromDatabase("postato_refreshes_due", "Refreshes whose time has come and that have not ended",
                 dueByPlatform);
    fromDatabase("postato_revocations_waiting", "Revocations that a platform has yet to take",
                 waitingRevocations);
}

}  // namespace postato::app
