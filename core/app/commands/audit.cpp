#include <charconv>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "app/commands/commands.hpp"
#include "app/commands/installation.hpp"
#include "audit/audit_verification.hpp"
#include "util/error.hpp"
#include "util/json.hpp"

namespace postato::app {
namespace {

using nlohmann::json;
using persistence::AuditChainEnd;
using persistence::AuditRecord;

constexpr std::int64_t kUsualNumber = 50;
constexpr std::int64_t kMost = 10'000;

json toJson(const AuditRecord& record) {
    return {{"chain", record.chain},
            {"sequence", record.sequence},
            {"id", record.id.str()},
            {"at", toIso8601(record.at)},
            {"type", record.type},
            {"actor", record.actor},
            {"origin", record.origin},
            {"account", record.account_id ? json(record.account_id->str()) : json()},
            {"data", parseJson(record.data)},
            {"hash", record.hash}};
}

std::string line(const AuditRecord& record) {
    auto text = toIso8601(record.at) + "  " + record.type + "  by " + record.actor;
    if (!record.origin.empty()) text += " from " + record.origin;
    if (record.account_id) text += "  " + record.account_id->str();
    return text + "  " + record.data + "  (" + record.chain + " " +
           std::to_string(record.sequence) + ")";
}

std::int64_t numberOf(const std::string& text) {
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stopped != end || number < 1 || number > kMost)
        throw UsageError("--number must be from 1 to " + std::to_string(kMost));
    return number;
}

int list(const Arguments& arguments) {
    const auto number =
        arguments.has("number") ? numberOf(arguments.required("number")) : kUsualNumber;
    Installation installation(arguments);
    std::optional<std::string> chain;
    if (const auto id = arguments.value("workspace")) chain = installation.workspace(*id).id.str();
    const auto records = installation.database->read([&](persistence::Transaction& tx) {
        return persistence::AuditRepository(tx).newest(chain, number);
    });
    std::string text;
    auto items = json::array();
    for (const auto& record : records) {
        if (!text.empty()) text += '\n';
        text += line(record);
        items.push_back(toJson(record));
    }
    arguments.print(text.empty() ? "Nothing was recorded yet." : text, {{"items", items}});
    return 0;
}

/// What an earlier `audit verify --json` printed about the chains.
std::vector<AuditChainEnd> readKept(const std::string& file) {
    const auto unusable = [&](const std::string& problem) {
        return Error(ErrorCode::InvalidArgument, PublicMessage{file + " " + problem});
    };
    std::ifstream in(file, std::ios::binary);
    const std::string content(std::istreambuf_iterator<char>(in), {});
    if (!in && !in.eof()) throw unusable("cannot be read");
    try {
        std::vector<AuditChainEnd> ends;
        const auto read = parseJson(content);
        for (const auto& end : read.at("chains"))
            ends.push_back({end.at("chain").get<std::string>(),
                            end.at("sequence").get<std::int64_t>(),
                            end.at("hash").get<std::string>()});
        return ends;
    } catch (const std::exception&) {
        throw unusable("is not what `postato audit verify --json` prints");
    }
}

int verify(const Arguments& arguments) {
    std::vector<AuditChainEnd> kept;
    if (arguments.has("against")) kept = readKept(arguments.required("against"));
    Installation installation(arguments);
    const auto found = audit::verify(*installation.database, kept);

    const bool ok = found.problems.empty();
    auto text = std::to_string(found.records) + " records in " + std::to_string(found.ends.size()) +
                " chains";
    if (found.imported > 0)
        text += ", " + std::to_string(found.imported) + " of them from before there were chains";
    text += ok ? ": all as they were written." : ":";
    for (const auto& problem : found.problems) text += "\n  " + problem;
    auto chains = json::array();
    for (const auto& end : found.ends)
        chains.push_back({{"chain", end.chain}, {"sequence", end.sequence}, {"hash", end.hash}});
    arguments.print(text, {{"ok", ok},
                           {"records", found.records},
                           {"imported", found.imported},
                           {"problems", found.problems},
                           {"chains", chains}});
    return ok ? 0 : kFailure;
}

}  // namespace

Command auditListCommand() {
    return {"audit list",
            "Show who did what, the newest first",
            "",
            {{"workspace", "ID", "only what was done in this workspace"},
             {"number", "N", "how many records (default: 50)"}},
            list};
}

Command auditVerifyCommand() {
    return {
        "audit verify",
        "Check that no record of the audit trail was altered, removed or put in",
        "",
        {{"against", "FILE",
          "what this command printed earlier with --json: nothing up to there may have changed"}},
        verify};
}

}  // namespace postato::app
