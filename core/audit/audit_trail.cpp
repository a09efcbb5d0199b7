#include "audit/audit_trail.hpp"

#include "crypto/hashing.hpp"
#include "util/error.hpp"

namespace postato::audit {
namespace {

using persistence::AuditRecord;
using persistence::AuditRepository;
using persistence::Transaction;

void append(Transaction& tx, AuditRecord record) {
    try {
        AuditRepository trail(tx);
        auto end = trail.next(record.chain);
        record.sequence = end.sequence;
        record.hash = link(end.hash, record);
        trail.insert(record);
        end.hash = record.hash;
        trail.setEnd(end);
    } catch (const Error& error) {
        // A conflict is no race that somebody else has won: the chain is locked, so it is broken.
        if (error.code() == ErrorCode::Unavailable) throw;
        throw Error(ErrorCode::Unavailable,
                    PublicMessage{"The audit trail cannot be written, so nothing was changed"},
                    InternalDetail{error.detail()});
    }
}

void recordIn(Transaction& tx, const std::string& chain, Act act, Random& random) {
    const auto now = tx.now();
    AuditRecord record{.chain = chain,
                       .id = EventId::make(now, random),
                       .at = now,
                       .type = std::move(act.type),
                       .actor = std::move(act.actor.id),
                       .origin = std::move(act.actor.origin),
                       .account_id = std::move(act.account),
                       .data = std::move(act.data)};
    tx.beforeCommit(chain,
                    [record = std::move(record)](Transaction& ending) { append(ending, record); });
}

}  // namespace

void record(Transaction& tx, const WorkspaceId& workspace, Act act, Random& random) {
    recordIn(tx, workspace.str(), std::move(act), random);
}

void record(Transaction& tx, Act act, Random& random) {
    recordIn(tx, kInstallationChain, std::move(act), random);
}

std::string link(const std::string& before, const AuditRecord& record) {
    return crypto::sha256Hex(crypto::lengthPrefixed(
        {"postato audit 1", before, record.chain, std::to_string(record.sequence), record.id.str(),
         std::to_string(toMillis(record.at)), record.type, record.actor, record.origin,
         record.account_id ? record.account_id->str() : std::string(), record.data}));
}

}  // namespace postato::audit
