#pragma once

/// \file
/// The configuration as the rest of the program sees it: typed, checked, read once. The keys and
/// their meaning are explained in config/postato.ini.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/config_source.hpp"
#include "app/problems.hpp"
#include "postato/sdk/platform.hpp"
#include "util/log.hpp"

namespace postato::app {

struct ServerConfig {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;
    std::string public_url;  ///< what browsers and platforms see; no trailing slash
    std::filesystem::path state_directory = "/var/lib/postato";
    std::filesystem::path dashboard_directory;
    std::size_t workers = 8;
    std::size_t outbound_workers = 16;
    std::size_t connections_per_address = 512;
    std::vector<std::string> trusted_proxies;
};

struct DatabaseConfig {
    std::string url;  ///< may hold a password: never printed
    std::size_t pool = 16;
    bool cache_statements = true;
    std::filesystem::path migrations_directory;
};

struct RefreshConfig {
    std::chrono::seconds confirm_after{60};
    std::chrono::seconds deadline{60};
    std::chrono::seconds quarantine{600};
    std::chrono::seconds keep_answers{3600};
    std::size_t per_platform = 8;
};

struct EncryptionConfig {
    std::filesystem::path keyring_file = "/etc/postato/keyring.json";
    std::vector<std::string> keyring_command;  ///< a path and its arguments; empty: none
    std::int64_t seals_per_key = 3'865'470'566;
    std::int64_t reseal_per_second = 500;
};

struct Config {
    std::filesystem::path file;  ///< where it was read from
    ServerConfig server;
    DatabaseConfig database;
    EncryptionConfig encryption;
    std::filesystem::path plugin_directory;
    std::optional<std::filesystem::path> ca_file;
    std::vector<std::string> return_origins;
    RefreshConfig refresh;
    sdk::Secret metrics_token;  ///< empty: no metrics are shown
    LogLevel log_level = LogLevel::Info;
    /// By platform id. `options` holds every key that is not one of the common ones; whether the
    /// plugin knows them is asked by `checkPlatformOptions`, when the plugins are loaded.
    std::map<std::string, sdk::PlatformConfig> platforms;
};

constexpr const char* kDefaultConfigFile = "/etc/postato/postato.ini";

/// Reads and checks everything; what is wrong goes to `problems`, and the Config is then good only
/// for looking on.
Config readConfig(const std::filesystem::path& file, const Environment& environment,
                  Problems& problems);

/// As `readConfig`, but throws ConfigError.
Config loadConfig(const std::filesystem::path& file, const Environment& environment);

/// The extra keys that each plugin declares, by platform id.
using DeclaredOptions = std::map<std::string, std::vector<std::string>>;

/// Reports keys of `[platform.<id>]` that the plugin does not know, and sections without a plugin.
/// `refused` names platforms whose plugin is there but could not be asked: their keys pass.
void checkPlatformOptions(const Config& config, const DeclaredOptions& declared,
                          const std::vector<std::string>& refused, Problems& problems);

}  // namespace postato::app
