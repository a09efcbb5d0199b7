#include "app/doctor.hpp"

#include <unistd.h>

#include "app/config.hpp"
#include "app/database_setup.hpp"
#include "app/key_source.hpp"
#include "app/operator_message.hpp"
#include "app/platform_setup.hpp"
#include "journal/journal_inspection.hpp"
#include "keys/key_loading.hpp"
#include "persistence/durability.hpp"
#include "util/error.hpp"

namespace postato::app {
namespace {

using persistence::SchemaState;

/// The checks so far.
class Report {
public:
    void add(const char* name, CheckState state, std::string message) {
        checks_.push_back({name, state, std::move(message)});
    }
    void ok(const char* name, std::string message) {
        add(name, CheckState::Ok, std::move(message));
    }
    void warn(const char* name, std::string message) {
        add(name, CheckState::Warn, std::move(message));
    }
    void fail(const char* name, std::string message) {
        add(name, CheckState::Fail, std::move(message));
    }
    std::vector<Check> take() { return std::move(checks_); }

private:
    std::vector<Check> checks_;
};

/// SQLite would make a file that is not there; looking must not.
bool databaseIsThere(const Config& config) {
    const auto file = sqliteFile(config.database.url);
    return !file || std::filesystem::exists(*file);
}

SchemaState examineDatabase(const Config& config, persistence::Database& database,
                            const Clock& clock, Report& report) {
    constexpr auto kName = "database";
    if (!databaseIsThere(config)) {
        report.warn(kName,
                    "There is no database yet; `postato serve` or `postato migrate` makes it");
        return SchemaState::Empty;
    }
    const auto state = makeMigrator(config, database, clock).state();
    switch (state) {
        case SchemaState::Empty:
            report.warn(kName,
                        "Reachable and empty; `postato serve` or `postato migrate` sets it up");
            break;
        case SchemaState::Behind:
            report.warn(kName,
                        "Reachable; `postato serve` or `postato migrate` will update its schema");
            break;
        case SchemaState::Current:
            report.ok(kName, "Reachable, and its schema is up to date");
            break;
        case SchemaState::Newer:
            refuseNewerSchema(state);
    }
    for (const auto& setting : persistence::unsafeSettings(database))
        report.warn(kName, "The server runs with " + setting +
                               "=off: when its machine stops it may lose or spoil what it has "
                               "committed. Set " +
                               setting + "=on");
    return state;
}

std::string describe(RingOrigin origin) {
    switch (origin) {
        case RingOrigin::Environment:
            return "Handed over in the environment";
        case RingOrigin::Command:
            return "Delivered by the command";
        case RingOrigin::File:
            break;
    }
    return "Readable by us alone";
}

void examineKeyRing(const Config& config, const SharedRing& handed_over,
                    persistence::Database& database, SchemaState schema, Report& report) {
    const auto ring = ringSource(config.encryption, handed_over)();
    const auto origin = describe(originOf(config.encryption, handed_over));
    if (schema == SchemaState::Empty) {
        report.ok("key ring", origin);
        return;
    }
    keys::checkKeyRing(database, *ring);
    report.ok("key ring", origin + ", and it opens the keys in the database");
}

void examinePlugins(const Config& config, const platforms::LoadedDirectory& plugins,
                    Report& report) {
    constexpr auto kName = "plugins";
    const SystemClock clock;
    const Logger silent(clock, STDERR_FILENO, LogLevel::Error);
    const auto registry = makeRegistry(config, plugins, silent);
    if (registry.list().empty())
        report.fail(kName, "There are none in " + config.plugin_directory.string() +
                               "; set plugins.directory");
    for (const auto& entry : registry.list()) {
        switch (entry.state) {
            case platforms::PlatformState::Refused:
                report.fail(kName, entry.id + " " + entry.reason);
                break;
            case platforms::PlatformState::Unconfigured:
                report.warn(kName,
                            entry.id + " " + entry.reason + "; add [platform." + entry.id + "]");
                break;
            default:
                report.ok(kName, entry.id + " " + entry.version + " is ready");
        }
    }
    for (const auto& entry : registry.list()) {
        if (entry.redirect_uri.empty()) continue;
        report.ok("redirect URIs", "Register at " + entry.display_name + ": " + entry.redirect_uri);
    }
}

void examineJournal(const Config& config, Report& report) {
    constexpr auto kName = "journal";
    const auto stock = journal::takeStock(config.server.state_directory / "journal");
    if (stock.unread > 0)
        report.warn(kName, std::to_string(stock.unread) +
                               " answers of platforms could not be used; the log names them "
                               "(journal.unsettled), and another version of the plugin is tried "
                               "at the next start");
    if (stock.open > 0)
        report.ok(kName, std::to_string(stock.open) +
                             " calls are under way, or their answers wait for the next start");
    if (stock.open + stock.unread == 0) report.ok(kName, "Nothing waits in it");
}

/// Runs one check; what it throws is its finding.
template <class Examination>
void examineOne(const char* name, Report& report, const Examination& examination) {
    try {
        examination();
    } catch (const std::exception& problem) {
        report.fail(name, operatorMessage(problem));
    }
}

}  // namespace

std::string_view word(CheckState state) {
    switch (state) {
        case CheckState::Ok:
            return "ok";
        case CheckState::Warn:
            return "warn";
        case CheckState::Fail:
            return "fail";
    }
    return "fail";
}

std::vector<Check> examine(const std::filesystem::path& config_file,
                           const Environment& environment) {
    Report report;
    SharedRing handed_over;
    std::exception_ptr not_taken;  // it is a finding about the key ring, told of in its place
    try {
        handed_over = takeRingFromEnvironment();
    } catch (const Error&) {
        not_taken = std::current_exception();
    }
    Problems problems;
    const auto config = readConfig(config_file, environment, problems);
    const bool readable = problems.empty();
    const auto plugins = loadPlugins(config, problems);
    for (const auto& problem : problems.list()) report.fail("configuration", problem);
    if (problems.empty()) {
        report.ok("configuration", config_file.string() + " is complete");
        if (!config.server.public_url.starts_with("https://"))
            report.warn("configuration",
                        "server.public_url is plain http: good for trying out on this "
                        "machine; the platforms want https");
    }
    if (!readable) return report.take();

    const SystemClock clock;
    examineOne("database", report, [&] {
        const auto database = makeDatabase(config, clock);
        const auto schema = examineDatabase(config, *database, clock, report);
        examineOne("key ring", report, [&] {
            if (not_taken) std::rethrow_exception(not_taken);
            examineKeyRing(config, handed_over, *database, schema, report);
        });
    });
    examineOne("journal", report, [&] { examineJournal(config, report); });
    examineOne("plugins", report, [&] { examinePlugins(config, plugins, report); });
    return report.take();
}

}  // namespace postato::app
