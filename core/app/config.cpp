#include "app/config.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <set>

#include "app/installation_paths.hpp"
#include "app/url_rules.hpp"
#include "http/client_address.hpp"
#include "net/url.hpp"
#include "util/encoding.hpp"

namespace postato::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPlatformSection = "platform.";
constexpr std::array<std::string_view, 2> kPathKeys = {"encryption.keyring_file",
                                                       "outbound.ca_file"};

bool isPathKey(std::string_view key) {
    return std::find(kPathKeys.begin(), kPathKeys.end(), key) != kPathKeys.end();
}

/// A hint where the likely cause is the ini format: it has no comments behind a value.
std::string commentHint(const std::string& value) {
    const bool likely =
        value.find(" ;") != std::string::npos || value.find(" #") != std::string::npos;
    return likely ? " (a comment must stand on a line of its own)" : "";
}

std::vector<std::string> splitList(const std::string& text, std::string_view separators) {
    std::vector<std::string> items;
    std::size_t at = 0;
    while ((at = text.find_first_not_of(separators, at)) != std::string::npos) {
        const auto end = std::min(text.find_first_of(separators, at), text.size());
        items.push_back(text.substr(at, end - at));
        at = end;
    }
    return items;
}

/// Takes keys out of the source one by one; what nobody took is unknown.
class Reader {
public:
    Reader(const ConfigSource& source, Problems& problems) : source_(source), problems_(problems) {}

    std::optional<std::string> text(const std::string& key) {
        known_.insert(key);
        return source_.get(key);
    }

    void text(const std::string& key, std::string& out) {
        if (auto value = text(key)) out = std::move(*value);
    }

    /// Empty when it is wrong, so that nobody works in the default's place.
    void path(const std::string& key, fs::path& out) {
        const auto value = text(key);
        if (!value) return;
        out = fs::path(*value).is_absolute() ? *value : "";
        if (out.empty()) problem(key, "must be an absolute path" + commentHint(*value));
    }

    template <class Number>
    void number(const std::string& key, Number& out, std::int64_t least, std::int64_t most) {
        const auto value = text(key);
        if (!value) return;
        std::int64_t parsed = 0;
        const auto* end = value->data() + value->size();
        const auto [stopped, error] = std::from_chars(value->data(), end, parsed);
        if (error != std::errc() || stopped != end || parsed < least || parsed > most)
            problem(key, "must be a whole number from " + std::to_string(least) + " to " +
                             std::to_string(most) + commentHint(*value));
        else
            out = static_cast<Number>(parsed);
    }

    void flag(const std::string& key, bool& out) {
        const auto value = text(key);
        if (!value) return;
        if (*value != "true" && *value != "false")
            problem(key, "must be true or false" + commentHint(*value));
        else
            out = *value == "true";
    }

    void url(const std::string& key, std::string& out) {
        const auto value = text(key);
        if (!value) return;
        if (const auto wrong = problemWithUrl(*value))
            problem(key, *wrong + commentHint(*value));
        else
            out = *value;
    }

    void problem(const std::string& key, const std::string& text) { problems_.add(key, text); }

    void reportUnknown() {
        for (const auto& [key, value] : source_.values()) {
            if (!known_.contains(key))
                problem(key,
                        "is not a known key; remove it or correct its spelling (see "
                        "config/postato.ini for the keys there are)");
        }
    }

private:
    const ConfigSource& source_;
    Problems& problems_;
    std::set<std::string> known_;
};

void readListen(Reader& reader, ServerConfig& server) {
    const std::string key = "server.listen";
    const auto value = reader.text(key);
    if (!value) return;
    const auto colon = value->rfind(':');
    std::uint16_t port = 0;
    if (colon != std::string::npos && colon > 0) {
        const auto* end = value->data() + value->size();
        const auto [stopped, error] = std::from_chars(value->data() + colon + 1, end, port);
        if (error == std::errc() && stopped == end && stopped != value->data() + colon + 1) {
            server.host = value->substr(0, colon);
            if (server.host.starts_with('[') && server.host.ends_with(']'))
                server.host = server.host.substr(1, server.host.size() - 2);
            server.port = port;
            return;
        }
    }
    reader.problem(key, "must be ADDRESS:PORT such as 127.0.0.1:8080" + commentHint(*value));
}

void readPublicUrl(Reader& reader, ServerConfig& server) {
    const std::string key = "server.public_url";
    const auto value = reader.text(key);
    if (!value) {
        if (net::isLoopbackHost(server.host)) {
            const bool v6 = server.host.find(':') != std::string::npos;
            server.public_url = "http://" + (v6 ? "[" + server.host + "]" : server.host) + ":" +
                                std::to_string(server.port);
        } else {
            reader.problem(key, "is missing; write the https address that browsers use");
        }
        return;
    }
    if (const auto wrong = problemWithOrigin(*value)) {
        reader.problem(key, *wrong + commentHint(*value));
        return;
    }
    server.public_url = *value;
    if (server.public_url.ends_with('/')) server.public_url.pop_back();
}

void readProxies(Reader& reader, std::vector<std::string>& proxies) {
    const std::string key = "server.trusted_proxies";
    const auto value = reader.text(key);
    if (!value) return;
    for (auto& proxy : splitList(*value, ", \t")) {
        if (http::TrustedProxies::accepts(proxy))
            proxies.push_back(std::move(proxy));
        else
            reader.problem(key, proxy + " is not an IP address or a network such as 10.0.0.0/8" +
                                    commentHint(*value));
    }
}

void readServer(Reader& reader, ServerConfig& server) {
    readListen(reader, server);
    readPublicUrl(reader, server);
    reader.path("server.state_directory", server.state_directory);
    reader.path("server.dashboard_directory", server.dashboard_directory);
    reader.number("server.workers", server.workers, 1, 256);
    reader.number("server.outbound_workers", server.outbound_workers, 1, 256);
    reader.number("server.connections_per_address", server.connections_per_address, 1, 1'000'000);
    readProxies(reader, server.trusted_proxies);
}

void readDatabase(Reader& reader, const ServerConfig& server, DatabaseConfig& database) {
    const std::string key = "database.url";
    database.url = "sqlite3://" + (server.state_directory / "postato.db").string();
    reader.text(key, database.url);
    // The value may hold a password, so no message repeats it.
    if (!database.url.starts_with("sqlite3:///") && !database.url.starts_with("postgresql://"))
        reader.problem(key, "must begin with sqlite3:/// or postgresql://");
    reader.number("database.pool", database.pool, 1, 1000);
    reader.flag("database.cache_statements", database.cache_statements);
    reader.path("database.migrations_directory", database.migrations_directory);
}

void readRefresh(Reader& reader, RefreshConfig& refresh) {
    const auto seconds = [&](const char* key, std::chrono::seconds& value, std::int64_t least,
                             std::int64_t most) {
        std::int64_t count = value.count();
        reader.number(key, count, least, most);
        value = std::chrono::seconds(count);
    };
    seconds("refresh.confirm_after", refresh.confirm_after, 0, 3600);
    seconds("refresh.deadline", refresh.deadline, 1, 300);
    seconds("refresh.quarantine", refresh.quarantine, 1, 3600);
    seconds("refresh.keep_answers", refresh.keep_answers, 60, 7 * 86400);
    reader.number("refresh.per_platform", refresh.per_platform, 1, 64);
}

void readEncryption(Reader& reader, EncryptionConfig& encryption) {
    reader.path("encryption.keyring_file", encryption.keyring_file);
    if (reader.text("encryption.keyring"))
        reader.problem("encryption.keyring",
                       "the keys must not stand in the configuration; keep them in the file that "
                       "keyring_file names, or hand them over in the variable " +
                           std::string(kRingVariable));
    const std::string key = "encryption.keyring_command";
    if (const auto command = reader.text(key)) {
        encryption.keyring_command = splitList(*command, " \t");
        if (!fs::path(encryption.keyring_command.front()).is_absolute())
            reader.problem(
                key, "must begin with the absolute path of a program" + commentHint(*command));
    }
    reader.number("encryption.seals_per_key", encryption.seals_per_key, 1000, 4'294'967'295);
    reader.number("encryption.reseal_per_second", encryption.reseal_per_second, 1, 100'000);
}

void readOrigins(Reader& reader, std::vector<std::string>& origins) {
    const std::string key = "connect.return_origins";
    const auto value = reader.text(key);
    if (!value) return;
    for (auto& origin : splitList(*value, ", \t")) {
        if (const auto wrong = problemWithOrigin(origin))
            reader.problem(key, origin + " " + *wrong);
        else
            origins.push_back(origin.ends_with('/') ? origin.substr(0, origin.size() - 1) : origin);
    }
}

void readMetrics(Reader& reader, sdk::Secret& token) {
    constexpr std::size_t kShortest = 16;
    const std::string key = "metrics.token";
    const auto value = reader.text(key);
    if (!value) return;
    if (value->size() < kShortest)
        reader.problem(key,
                       "must have at least 16 characters, such as `openssl rand -hex 16` makes");
    token = sdk::Secret(*value);
}

void readLogLevel(Reader& reader, LogLevel& level) {
    const auto value = reader.text("log.level");
    if (!value) return;
    const std::map<std::string, LogLevel> levels = {{"debug", LogLevel::Debug},
                                                    {"info", LogLevel::Info},
                                                    {"warning", LogLevel::Warning},
                                                    {"error", LogLevel::Error}};
    if (const auto found = levels.find(*value); found != levels.end())
        level = found->second;
    else
        reader.problem("log.level", "must be debug, info, warning or error" + commentHint(*value));
}

bool isPlatformId(std::string_view id) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !id.empty() && id.size() <= 32 && id.front() >= 'a' && id.front() <= 'z' &&
           std::all_of(id.begin(), id.end(), plain);
}

sdk::PlatformConfig readPlatform(Reader& reader, const ConfigSource& source,
                                 const std::string& section) {
    sdk::PlatformConfig platform;
    reader.text(section + "client_id", platform.client_id);
    if (auto secret = reader.text(section + "client_secret"))
        platform.client_secret = sdk::Secret(std::move(*secret));
    if (const auto scopes = reader.text(section + "scopes"))
        platform.scopes = splitList(*scopes, ", \t");
    reader.url(section + "authorization_endpoint", platform.authorization_endpoint);
    reader.url(section + "token_endpoint", platform.token_endpoint);
    reader.url(section + "revocation_endpoint", platform.revocation_endpoint);
    reader.url(section + "api_base", platform.api_base);

    const std::set<std::string> common = {
        "client_id",      "client_secret",       "scopes",  "authorization_endpoint",
        "token_endpoint", "revocation_endpoint", "api_base"};
    for (const auto& [key, value] : source.values()) {
        if (!key.starts_with(section)) continue;
        const auto name = key.substr(section.size());
        if (common.contains(name)) continue;
        auto& option = platform.options[name];
        if (name.ends_with("_endpoint"))
            reader.url(key, option);
        else
            reader.text(key, option);
    }
    return platform;
}

void readPlatforms(Reader& reader, const ConfigSource& source,
                   std::map<std::string, sdk::PlatformConfig>& platforms) {
    for (const auto& [key, value] : source.values()) {
        if (!key.starts_with(kPlatformSection)) continue;
        const auto end = key.find('.', kPlatformSection.size());
        if (end == std::string::npos) continue;
        const auto id = key.substr(kPlatformSection.size(), end - kPlatformSection.size());
        if (!isPlatformId(id) || platforms.contains(id)) continue;
        platforms[id] = readPlatform(reader, source, key.substr(0, end + 1));
    }
}

}  // namespace

Config readConfig(const fs::path& file, const Environment& environment, Problems& problems) {
    const ConfigSource source(file, environment, isPathKey, problems);
    const auto installed = installationPaths();
    Config config;
    config.file = file;
    config.server.dashboard_directory = installed.dashboard;
    config.database.migrations_directory = installed.migrations;
    config.plugin_directory = installed.plugins;

    Reader reader(source, problems);
    readServer(reader, config.server);
    readDatabase(reader, config.server, config.database);
    readEncryption(reader, config.encryption);
    reader.path("plugins.directory", config.plugin_directory);
    fs::path ca_file;
    reader.path("outbound.ca_file", ca_file);
    if (!ca_file.empty()) config.ca_file = ca_file;
    readOrigins(reader, config.return_origins);
    readRefresh(reader, config.refresh);
    readMetrics(reader, config.metrics_token);
    readLogLevel(reader, config.log_level);
    readPlatforms(reader, source, config.platforms);
    // With an unreadable file everything else would only be noise.
    if (!source.values().empty()) reader.reportUnknown();
    return config;
}

Config loadConfig(const fs::path& file, const Environment& environment) {
    Problems problems;
    auto config = readConfig(file, environment, problems);
    problems.throwIfAny();
    return config;
}

void checkPlatformOptions(const Config& config, const DeclaredOptions& declared,
                          const std::vector<std::string>& refused, Problems& problems) {
    for (const auto& [id, platform] : config.platforms) {
        if (std::find(refused.begin(), refused.end(), id) != refused.end()) continue;
        const auto section = std::string(kPlatformSection) + id;
        const auto plugin = declared.find(id);
        if (plugin == declared.end()) {
            problems.add(section, "there is no plugin for this platform in " +
                                      config.plugin_directory.string() +
                                      "; correct the name or install the plugin");
            continue;
        }
        for (const auto& [key, value] : platform.options) {
            const auto& keys = plugin->second;
            if (std::find(keys.begin(), keys.end(), key) == keys.end())
                problems.add(section + "." + key,
                             "is not a key of this platform; remove it or correct its spelling");
        }
    }
}

}  // namespace postato::app
