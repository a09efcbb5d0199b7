#include "accounts/journal_replay.hpp"

#include <algorithm>
#include <set>

#include "accounts/connection_service.hpp"
#include "journal/journal_clients.hpp"

namespace postato::accounts {

using journal::JournalEntry;
using journal::Operation;
using persistence::RefreshClaim;

namespace {

constexpr std::size_t kHeadsAtOnce = 500;

}  // namespace

void JournalReplay::catchUp() {
    for (const auto part : {Part::Settled, Part::Open, Part::Unread})
        replayAll(part, Operation::Refresh);
}

void JournalReplay::settleWaiting() { replayAll(Part::Open, Operation::Refresh); }

void JournalReplay::resumeConnects(bool unread) {
    replayAll(Part::Open, Operation::Exchange);
    if (unread) replayAll(Part::Unread, Operation::Exchange);
}

void JournalReplay::replayAll(Part part, Operation operation) {
    for (const auto& file : part == Part::Settled ? settledAndLacking() : journal_.list(part)) {
        // One whose head cannot be read may be a refresh.
        const auto call = journal_.claimedCall(file);
        if ((call ? call->operation : Operation::Refresh) != operation) continue;
        try {
            replayFile(file, part);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::Unavailable || !database_.reachable()) throw;
            // A key is out of reach, or the database takes nothing of this workspace's. The gate
            // opens all the same, so nobody may take the pair that stands for a good one: where
            // that cannot be stored either, the gate stays closed.
            tellOnce(file, error);
            if (call && part != Part::Unread) doubtUpTo(*call, call->generation);
        }
    }
}

void JournalReplay::replayFile(const std::filesystem::path& file, Part part) {
    try {
        if (auto entry = journal_.resume(file)) replay(*entry, part);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Unavailable) throw;
        const auto call = journal_.claimedCall(file);
        // Its person is told to begin again in a minute, and then its pair is revoked.
        const bool connect = call && call->operation == Operation::Exchange;
        if (connect && part == Part::Open && error.code() == ErrorCode::Conflict)
            return tellOnce(file, error);
        // One that cannot be settled must not hold up the others, nor every claim.
        log_.error("journal.unsettled",
                   {{"file", file.filename().string()}, {"detail", error.detail()}});
        // Its pair is spent, and the one that came for it is not to be had.
        if (call && part != Part::Unread) doubtUpTo(*call, call->generation);
        journal_.setAside(file);
    }
}

void JournalReplay::tellOnce(const std::filesystem::path& file, const Error& error) {
    const auto name = file.filename().string();
    {
        const std::lock_guard lock(mutex_);
        if (!told_.insert(name).second) return;
    }
    log_.error("journal.waiting", {{"file", name}, {"detail", error.detail()}});
}

std::vector<std::filesystem::path> JournalReplay::settledAndLacking() const {
    std::vector<std::filesystem::path> lacking;
    const auto files = journal_.list(Part::Settled);
    for (std::size_t begin = 0; begin < files.size(); begin += kHeadsAtOnce) {
        const auto end = std::min(files.size(), begin + kHeadsAtOnce);
        std::vector<std::optional<journal::Call>> heads;
        std::set<std::string> accounts;
        for (auto i = begin; i < end; ++i) {
            heads.push_back(journal_.claimedCall(files[i]));
            if (heads.back()) accounts.insert(heads.back()->subject);
        }
        const auto generations = database_.read([&](persistence::Transaction& tx) {
            return persistence::TokenRepository(tx).generations(accounts);
        });
        for (auto i = begin; i < end; ++i) {
            const auto& head = heads[i - begin];
            if (head && head->operation == Operation::Exchange) continue;
            const auto standing = head ? generations.find(head->subject) : generations.end();
            if (standing == generations.end() || standing->second <= head->generation)
                lacking.push_back(files[i]);
        }
    }
    return lacking;
}

void JournalReplay::replay(JournalEntry& entry, Part part) {
    const auto* platform = platforms_.registry.loaded(entry.call().platform);
    if (platform == nullptr) return;  // it waits for the plugin
    if (part == Part::Unread && entry.wasSetAsideBy(platform->version)) return;
    if (entry.call().operation == Operation::Refresh)
        replayRefresh(entry, part, *platform);
    else
        connections_.resume(entry);
}

void JournalReplay::replayRefresh(JournalEntry& entry, Part part,
                                  const platforms::PlatformEntry& platform) {
    const auto& call = entry.call();
    bool settled = false;
    const auto claim = database_.read([&](persistence::Transaction& tx) {
        persistence::TokenRepository tokens(tx);
        auto found = tokens.ofAttempt(WorkspaceId::trusted(call.workspace),
                                      AccountId::trusted(call.subject), call.attempt);
        settled = found && tokens.attemptSettled(found->scope, call.attempt);
        return found;
    });
    if (!claim) return tellBehind(entry, part);
    // What the database has of this answer, or has closed, is not read again. Of a settled one that
    // is certain even where the attempt was lost with the database's last commits.
    const bool known = settled || part == Part::Settled;
    const auto& standing = claim->stored.tokens;
    if (standing.generation == 0 && known) return entry.discard();  // disconnected, and revoked
    // A database that went back in time gives a generation out twice: a consent since then stands.
    const TimePoint received_at = entry.answers().back().received_at;
    const bool overtaken = standing.generation != 0 && standing.issued_at > received_at;
    if (overtaken && standing.generation == call.generation) return entry.settle();
    if (!overtaken && standing.generation != 0 && standing.generation < call.generation)
        return tellBehind(entry, part);
    if (standing.generation != call.generation)
        return known ? entry.settle() : revokeUnstored(entry, *claim, platform);

    const auto old = vault_.open(claim->scope, standing, claim->clock.now());
    const auto result = read(entry, platform, old);
    if (!result.ok()) return entry.setAside(platform.version);
    settlement_.pairs.storeOnce(*claim, platform.platform->traits(),
                                renewedFrom(old, result.value()), received_at);
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
    if (call.operation != Operation::Refresh) return false;
    const auto* entry = platforms_.registry.loaded(call.platform);
    const auto rotation =
        entry != nullptr ? entry->platform->traits().rotation : sdk::Rotation::Strict;
    return database_.write([&](persistence::Transaction& tx) {
        const auto found = persistence::TokenRepository(tx).ofAttempt(
            WorkspaceId::trusted(call.workspace), AccountId::trusted(call.subject), call.attempt);
        if (!found || found->stored.tokens.generation > generation) return false;
        return settlement_.failures.doubt(tx, *found, rotation);
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
    settlement_.pairs.storeOnce(claim, platform.platform->traits(), result.value(),
                                entry.answers().back().received_at);
    log_.info("journal.superseded", {{"account", call.subject}, {"platform", call.platform}});
    entry.discard();
}

}  // namespace postato::accounts
