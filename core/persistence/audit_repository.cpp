#include "persistence/audit_repository.hpp"

namespace postato::persistence {
namespace {

#define POSTATO_AUDIT_COLUMNS "chain, sequence, id, at, type, actor, origin, account_id, data, hash"
constexpr const char* kAuditTypes = "tititttttt";

AuditRecord recordOf(const Row& row) {
    const auto account = row.optionalText(7);
    return {.chain = row.text(0),
            .sequence = row.integer(1),
            .id = EventId::trusted(row.text(2)),
            .at = row.time(3),
            .type = row.text(4),
            .actor = row.text(5),
            .origin = row.text(6),
            .account_id = account ? std::optional(AccountId::trusted(*account)) : std::nullopt,
            .data = row.text(8),
            .hash = row.text(9)};
}

std::vector<AuditRecord> recordsOf(const std::vector<Row>& rows) {
    std::vector<AuditRecord> records;
    for (const auto& row : rows) records.push_back(recordOf(row));
    return records;
}

}  // namespace

constexpr Statement kNext{"audit.next",
                          "INSERT INTO audit_chains (chain, sequence, hash) VALUES (:chain, 1, '') "
                          "ON CONFLICT (chain) DO UPDATE SET sequence = audit_chains.sequence + 1 "
                          "RETURNING sequence, hash",
                          "it"};

AuditChainEnd AuditRepository::next(const std::string& chain) {
    const auto row = tx_.queryOne(kNext, {arg("chain", chain)});
    return {chain, row->integer(0), row->text(1)};
}

constexpr Statement kInsert{
    "audit.insert",
    "INSERT INTO audit_records (" POSTATO_AUDIT_COLUMNS
    ") VALUES (:chain, :sequence, :id, :at, :type, :actor, :origin, :account, :data, :hash)"};

void AuditRepository::insert(const AuditRecord& record) {
    const auto account = record.account_id ? std::optional(record.account_id->str()) : std::nullopt;
    tx_.execute(kInsert,
                {arg("chain", record.chain), arg("sequence", record.sequence),
                 arg("id", record.id.str()), arg("at", record.at), arg("type", record.type),
                 arg("actor", record.actor), arg("origin", record.origin), arg("account", account),
                 arg("data", record.data), arg("hash", record.hash)});
}

constexpr Statement kSetEnd{
    "audit.set_end",
    "UPDATE audit_chains SET hash = :hash WHERE chain = :chain AND sequence = :sequence"};

void AuditRepository::setEnd(const AuditChainEnd& end) {
    tx_.execute(kSetEnd,
                {arg("hash", end.hash), arg("chain", end.chain), arg("sequence", end.sequence)});
}

constexpr Statement kOfAccount{"audit.of_account",
                               "SELECT " POSTATO_AUDIT_COLUMNS
                               " FROM audit_records WHERE chain = :ws AND account_id = :account "
                               "AND (at, id) < (:before, :before_id) "
                               "ORDER BY at DESC, id DESC LIMIT :limit",
                               kAuditTypes};

std::vector<AuditRecord> AuditRepository::ofAccount(
    const WorkspaceScope& scope, const AccountId& id, std::int64_t limit,
    const std::optional<std::pair<TimePoint, std::string>>& before) {
    const auto [at, before_id] = before.value_or(std::pair{kEndOfTime, std::string()});
    return recordsOf(tx_.query(
        kOfAccount, {arg("ws", scope.id().str()), arg("account", id.str()), arg("before", at),
                     arg("before_id", before_id), arg("limit", limit)}));
}

constexpr Statement kEnds{"audit.ends",
                          "SELECT chain, sequence, hash FROM audit_chains ORDER BY chain", "tit"};

std::vector<AuditChainEnd> AuditRepository::ends() {
    std::vector<AuditChainEnd> ends;
    for (const auto& row : tx_.query(kEnds))
        ends.push_back({row.text(0), row.integer(1), row.text(2)});
    return ends;
}

constexpr Statement kEndless{"audit.endless",
                             "SELECT DISTINCT chain FROM audit_records r WHERE NOT EXISTS "
                             "(SELECT 1 FROM audit_chains c WHERE c.chain = r.chain) "
                             "ORDER BY chain",
                             "t"};

std::vector<std::string> AuditRepository::endless() {
    std::vector<std::string> chains;
    for (const auto& row : tx_.query(kEndless)) chains.push_back(row.text(0));
    return chains;
}

// One statement, and so one moment, of the records and of the ends.
constexpr Statement kOutside{
    "audit.outside",
    "SELECT r.chain, r.sequence, r.id, r.at, r.type, r.actor, r.origin, r.account_id, r.data, "
    "r.hash FROM audit_records r JOIN audit_chains c ON c.chain = r.chain "
    "WHERE r.sequence < 1 OR r.sequence > c.sequence ORDER BY r.chain, r.sequence LIMIT :limit",
    kAuditTypes};

std::vector<AuditRecord> AuditRepository::outside(std::int64_t limit) {
    return recordsOf(tx_.query(kOutside, {arg("limit", limit)}));
}

constexpr Statement kBehind{"audit.behind",
                            "SELECT " POSTATO_AUDIT_COLUMNS
                            " FROM audit_records WHERE chain = :chain AND sequence > :sequence "
                            "ORDER BY sequence LIMIT :limit",
                            kAuditTypes};

std::vector<AuditRecord> AuditRepository::behind(const std::string& chain, std::int64_t sequence,
                                                 std::int64_t limit) {
    return recordsOf(
        tx_.query(kBehind, {arg("chain", chain), arg("sequence", sequence), arg("limit", limit)}));
}

constexpr Statement kNewest{"audit.newest",
                            "SELECT " POSTATO_AUDIT_COLUMNS
                            " FROM audit_records ORDER BY at DESC, id DESC LIMIT :limit",
                            kAuditTypes};
constexpr Statement kNewestOf{"audit.newest_of",
                              "SELECT " POSTATO_AUDIT_COLUMNS
                              " FROM audit_records WHERE chain = :chain "
                              "ORDER BY sequence DESC LIMIT :limit",
                              kAuditTypes};

std::vector<AuditRecord> AuditRepository::newest(const std::optional<std::string>& chain,
                                                 std::int64_t limit) {
    return recordsOf(chain ? tx_.query(kNewestOf, {arg("chain", *chain), arg("limit", limit)})
                           : tx_.query(kNewest, {arg("limit", limit)}));
}

}  // namespace postato::persistence
