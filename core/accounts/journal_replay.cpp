#include "accounts/journal_replay.hpp"

#include "accounts/connection_service.hpp"
#include "accounts/revocation_queue.hpp"
#include "journal/journal_clients.hpp"

namespace postato::accounts {

namespace {

/// A plugin that has ended the process this often over one answer is not shown it again.
constexpr int kMostReadings = 3;

}  // namespace

using journal::JournalEntry;
using persistence::RefreshClaim;

void JournalReplay::catchUp() {
    for (const auto part : {Part::Settled, Part::Open, Part::Unread}) replayAll(part);
}

void JournalReplay::settleWaiting() { replayAll(Part::Open); }

void JournalReplay::replayAll(Part part) {
    for (const auto& file : journal_.list(part)) {
        try {
            if (auto entry = journal_.resume(file)) replay(*entry, part);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::DecryptFailed) throw;
            log_.error("journal.unreadable", {{"detail", error.detail()}});
        }
    }
}

void JournalReplay::replay(JournalEntry& entry, Part part) {
    if (entry.call().operation == journal::Operation::Refresh) return replayRefresh(entry, part);
    if (part == Part::Open) connections_.resume(entry);
}

void JournalReplay::replayRefresh(JournalEntry& entry, Part part) {
    const auto& call = entry.call();
    const auto* platform = platforms_.registry.find(call.platform);
    if (platform == nullptr || !platform->platform) return;  // it waits for the plugin
    if (part == Part::Unread && entry.wasSetAsideBy(platform->version)) return;

    TimePoint now;
    const auto claim = database_.read([&](persistence::Transaction& tx) {
        now = tx.now();
        return persistence::TokenRepository(tx).ofAttempt(
            WorkspaceId::trusted(call.workspace), AccountId::trusted(call.subject), call.attempt);
    });
    const auto behind = [&] {
        log_.error(
            "journal.database_behind",
            {{"account", call.subject}, {"platform", call.platform}, {"attempt", call.attempt}});
    };
    if (!claim) return behind();
    const auto stored = claim->stored.tokens.generation;
    if (stored > call.generation) return entry.settle();
    if (stored == 0) {
        // Disconnected. What was settled before was revoked then.
        if (part == Part::Settled) return entry.discard();
        return revokeOrphan(entry, *claim, *platform);
    }
    if (stored < call.generation) return behind();

    const auto old = vault_.open(claim->scope, claim->stored.tokens, now);
    const auto result = read(entry, *platform, old);
    if (!result.ok()) return entry.setAside(platform->version);
    settlement_.renewed(*claim, platform->platform->traits(), renewedFrom(old, result.value()),
                        entry.answers().back().received_at, {});
    log_.info("journal.replayed", {{"account", call.subject}, {"platform", call.platform}});
    entry.settle();
}

sdk::Result<sdk::Credentials> JournalReplay::read(JournalEntry& entry,
                                                  const platforms::PlatformEntry& platform,
                                                  const sdk::Credentials& old) {
    if (entry.readings() >= kMostReadings) {
        log_.error("journal.plugin_crashes",
                   {{"platform", entry.call().platform}, {"version", platform.version}});
        return sdk::PlatformError{
            sdk::ErrorKind::Protocol, "The plugin ends the process", "crashes", std::nullopt, {}};
    }
    entry.beginReading();
    journal::ReplayingClient http(entry);
    auto result = platform.platform->refresh(http, old);
    entry.endReading();
    return result;
}

void JournalReplay::revokeOrphan(JournalEntry& entry, const RefreshClaim& claim,
                                 const platforms::PlatformEntry& platform) {
    const auto& call = entry.call();
    const auto result = read(entry, platform, {});
    if (!result.ok()) return entry.setAside(platform.version);
    database_.write([&](persistence::Transaction& tx) {
        revocations_.enqueue(tx, claim.scope, AccountId::trusted(call.subject), call.platform,
                             claim.client_id, claim.grant_key, result.value(), tx.now());
    });
    log_.info("journal.revoked", {{"account", call.subject}, {"platform", call.platform}});
    entry.discard();
}

}  // namespace postato::accounts
