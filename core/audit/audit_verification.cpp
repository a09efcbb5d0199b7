#include "audit/audit_verification.hpp"

#include <map>

#include "audit/audit_trail.hpp"

namespace postato::audit {
namespace {

using persistence::AuditChainEnd;
using persistence::AuditRecord;
using persistence::AuditRepository;
using persistence::Transaction;

constexpr std::int64_t kStep = 500;
constexpr const char* kImported = "imported";

std::string nameOf(const AuditRecord& record) {
    return "record " + std::to_string(record.sequence) + " (" + record.id.str() + ", " +
           record.type + ")";
}

/// One chain, read from its first record to the end it had when the reading began.
class ChainReader {
public:
    ChainReader(persistence::Database& database, Verification& result, AuditChainEnd end,
                const std::map<std::int64_t, std::string>& kept)
        : database_(database), result_(result), end_(std::move(end)), kept_(kept) {}

    void read() {
        for (;;) {
            const auto records = database_.read([&](Transaction& tx) {
                return AuditRepository(tx).behind(end_.chain, position_, kStep);
            });
            for (const auto& record : records) {
                if (record.sequence > end_.sequence) return finish();  // written meanwhile
                take(record);
            }
            if (records.empty()) return finish();
        }
    }

private:
    void problem(const std::string& text) {
        result_.problems.push_back("chain " + end_.chain + ": " + text);
    }

    void take(const AuditRecord& record) {
        if (record.sequence != position_ + 1)
            problem(std::to_string(record.sequence - position_ - 1) +
                    " records are missing before " + nameOf(record));
        ++result_.records;
        if (record.hash == kImported && only_imported_) {
            ++result_.imported;
        } else {
            only_imported_ = false;
            if (record.hash != link(hash_, record))
                problem(nameOf(record) + " was altered, or put in the place of another");
        }
        const auto kept = kept_.find(record.sequence);
        if (kept != kept_.end() && kept->second != record.hash)
            problem(nameOf(record) + " is not the one that stood there when its hash was kept");
        position_ = record.sequence;
        hash_ = record.hash;
    }

    void finish() {
        if (position_ < end_.sequence)
            problem(std::to_string(end_.sequence - position_) + " records were cut off behind " +
                    std::to_string(position_));
        else if (hash_ != end_.hash)
            problem("its end is not the hash of its last record");
        for (const auto& [sequence, hash] : kept_)
            if (sequence > position_)
                problem("it ends before record " + std::to_string(sequence) +
                        ", whose hash was kept");
    }

    persistence::Database& database_;
    Verification& result_;
    const AuditChainEnd end_;
    const std::map<std::int64_t, std::string>& kept_;
    std::int64_t position_ = 0;
    std::string hash_;
    bool only_imported_ = true;
};

}  // namespace

Verification verify(persistence::Database& database, const std::vector<AuditChainEnd>& kept) {
    std::map<std::string, std::map<std::int64_t, std::string>> kept_of;
    for (const auto& end : kept) kept_of[end.chain][end.sequence] = end.hash;

    Verification result;
    result.ends = database.read([](Transaction& tx) { return AuditRepository(tx).ends(); });
    for (const auto& end : result.ends) {
        ChainReader(database, result, end, kept_of[end.chain]).read();
        kept_of.erase(end.chain);
    }
    for (const auto& chain :
         database.read([](Transaction& tx) { return AuditRepository(tx).endless(); })) {
        result.problems.push_back("chain " + chain + ": its end was removed");
        kept_of.erase(chain);
    }
    // Those are links of no chain, but `audit list` and an account's timeline would show them.
    for (const auto& record :
         database.read([](Transaction& tx) { return AuditRepository(tx).outside(kStep); }))
        result.problems.push_back("chain " + record.chain + ": " + nameOf(record) +
                                  " was put in outside of it");
    for (const auto& [chain, records] : kept_of)
        result.problems.push_back("chain " + chain + ": all of it is gone");
    return result;
}

}  // namespace postato::audit
