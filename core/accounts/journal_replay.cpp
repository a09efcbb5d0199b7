#include "accounts/journal_replay.hpp"

#include "accounts/connection_service.hpp"
#include "accounts/revocation_queue.hpp"
#include "journal/journal_clients.hpp"

namespace postato::accounts {

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
            if (error.code() == ErrorCode::Unavailable) throw;
            // One that cannot be settled must not hold up the others, nor every claim.
            log_.error("journal.unsettled",
                       {{"file", file.filename().string()}, {"detail", error.detail()}});
            // Its pair is spent, and the one that came for it is not to be had.
            if (const auto call = journal_.claimedCall(file); call && part != Part::Unread)
                doubtUpTo(*call, call->generation);
            journal_.setAside(file);
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
    bool finished = false;
    const auto claim = database_.read([&](persistence::Transaction& tx) {
        now = tx.now();
        persistence::TokenRepository tokens(tx);
        auto found = tokens.ofAttempt(WorkspaceId::trusted(call.workspace),
                                      AccountId::trusted(call.subject), call.attempt);
        finished = found && tokens.attemptFinished(found->scope, call.attempt);
        return found;
    });
    const auto stored = claim ? claim->stored.tokens.generation : 0;
    if (!claim || (stored != 0 && stored < call.generation)) return tellBehind(entry, part);
    // The database has it, or has closed the matter; or the account was disconnected, and what was
    // settled before was revoked then.
    if (stored != call.generation && finished) return entry.settle();
    if (stored == 0 && part == Part::Settled) return entry.discard();
    if (stored != call.generation) return revokeUnstored(entry, *claim, *platform);

    const auto old = vault_.open(claim->scope, claim->stored.tokens, now);
    const auto result = read(entry, *platform, old);
    if (!result.ok()) return entry.setAside(platform->version);
    settlement_.renewedOnce(*claim, platform->platform->traits(), renewedFrom(old, result.value()),
                            entry.answers().back().received_at);
    log_.info("journal.replayed", {{"account", call.subject}, {"platform", call.platform}});
    entry.settle();
}

/// The database is older than this answer, and what lies between the two is gone: a backup was
/// restored. The account's token may be spent, so that a refusal will say nothing about its person.
void JournalReplay::tellBehind(JournalEntry& entry, Part part) {
    const auto& call = entry.call();
    const bool doubted = doubtUpTo(call, call.generation - 1);
    if (doubted || part == Part::Open)
        log_.error(
            "journal.database_behind",
            {{"account", call.subject}, {"platform", call.platform}, {"attempt", call.attempt}});
    if (part == Part::Open) entry.setAside("behind");
}

/// The account's pair may be spent, if it is of `generation` or before; whether that was news.
bool JournalReplay::doubtUpTo(const journal::Call& call, std::int64_t generation) {
    if (call.operation != journal::Operation::Refresh) return false;
    return database_.write([&](persistence::Transaction& tx) {
        return persistence::TokenRepository(tx).doubtUpTo(
            WorkspaceId::trusted(call.workspace), AccountId::trusted(call.subject), generation);
    });
}

sdk::Result<sdk::Credentials> JournalReplay::read(JournalEntry& entry,
                                                  const platforms::PlatformEntry& platform,
                                                  const sdk::Credentials& old) {
    if (entry.endsProcesses()) {
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

/// The account was disconnected, or its person consented anew, before this pair could be stored.
void JournalReplay::revokeUnstored(JournalEntry& entry, RefreshClaim claim,
                                   const platforms::PlatformEntry& platform) {
    const auto& call = entry.call();
    // Settled as if it came now: it loses the comparison with what stands.
    claim.stored.tokens.generation = call.generation;
    const auto result = read(entry, platform, {});
    if (!result.ok()) return entry.setAside(platform.version);
    settlement_.renewedOnce(claim, platform.platform->traits(), result.value(),
                            entry.answers().back().received_at);
    log_.info("journal.superseded", {{"account", call.subject}, {"platform", call.platform}});
    entry.discard();
}

}  // namespace postato::accounts
