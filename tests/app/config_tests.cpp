#include "app/config.hpp"

#include <boost/test/unit_test.hpp>

#include "config_file.hpp"

using namespace postato;
using namespace postato::app;
using testing::ConfigFile;
using testing::hasProblem;
using testing::problemsOf;

namespace {

const Environment kCredentials = {{"X_CLIENT_ID", "x-id"},
                                  {"X_CLIENT_SECRET", "x-secret"},
                                  {"GOOGLE_CLIENT_ID", "g-id"},
                                  {"GOOGLE_CLIENT_SECRET", "g$s"},
                                  {"TIKTOK_CLIENT_KEY", "t-key"}};

Config example(const char* name) {
    return loadConfig(std::filesystem::path(POSTATO_EXAMPLES) / name, kCredentials);
}

void checkEqual(const sdk::PlatformConfig& a, const sdk::PlatformConfig& b) {
    BOOST_TEST(a.client_id == b.client_id);
    BOOST_TEST((a.client_secret.reveal() == b.client_secret.reveal()));
    BOOST_TEST(a.scopes == b.scopes);
    BOOST_TEST(a.authorization_endpoint == b.authorization_endpoint);
    BOOST_TEST(a.token_endpoint == b.token_endpoint);
    BOOST_TEST(a.revocation_endpoint == b.revocation_endpoint);
    BOOST_TEST(a.api_base == b.api_base);
    BOOST_TEST((a.options == b.options));
}

Config load(const std::string& ini, const Environment& environment = {}) {
    const ConfigFile file(ini);
    return loadConfig(file.path(), environment);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_tests)

BOOST_AUTO_TEST_CASE(the_two_example_files_say_the_same) {
    const auto ini = example("postato.ini");
    const auto xml = example("postato.xml");
    BOOST_TEST(ini.server.host == xml.server.host);
    BOOST_TEST(ini.server.port == xml.server.port);
    BOOST_TEST(ini.server.public_url == xml.server.public_url);
    BOOST_TEST(ini.server.state_directory == xml.server.state_directory);
    BOOST_TEST(ini.server.dashboard_directory == xml.server.dashboard_directory);
    BOOST_TEST(ini.server.workers == xml.server.workers);
    BOOST_TEST(ini.server.outbound_workers == xml.server.outbound_workers);
    BOOST_TEST(ini.server.connections_per_address == xml.server.connections_per_address);
    BOOST_TEST(ini.server.trusted_proxies == xml.server.trusted_proxies);
    BOOST_TEST(ini.database.cache_statements == xml.database.cache_statements);
    BOOST_TEST(ini.database.url == xml.database.url);
    BOOST_TEST(ini.database.pool == xml.database.pool);
    BOOST_TEST(ini.database.migrations_directory == xml.database.migrations_directory);
    BOOST_TEST(ini.encryption.keyring_file == xml.encryption.keyring_file);
    BOOST_TEST((ini.encryption.keyring_command == xml.encryption.keyring_command));
    BOOST_TEST(ini.encryption.seals_per_key == xml.encryption.seals_per_key);
    BOOST_TEST(ini.encryption.reseal_per_second == xml.encryption.reseal_per_second);
    BOOST_TEST(ini.plugin_directory == xml.plugin_directory);
    BOOST_TEST((ini.ca_file == xml.ca_file));
    BOOST_TEST(ini.return_origins == xml.return_origins);
    BOOST_TEST((ini.refresh.confirm_after == xml.refresh.confirm_after));
    BOOST_TEST((ini.refresh.deadline == xml.refresh.deadline));
    BOOST_TEST((ini.refresh.quarantine == xml.refresh.quarantine));
    BOOST_TEST((ini.refresh.keep_answers == xml.refresh.keep_answers));
    BOOST_TEST(ini.refresh.per_platform == xml.refresh.per_platform);
    BOOST_TEST((ini.log_level == xml.log_level));
    BOOST_TEST_REQUIRE(ini.platforms.size() == 4u);
    BOOST_TEST_REQUIRE(xml.platforms.size() == ini.platforms.size());
    for (const auto& [id, platform] : ini.platforms) checkEqual(platform, xml.platforms.at(id));
}

BOOST_AUTO_TEST_CASE(the_examples_take_credentials_from_the_environment) {
    const auto config = example("postato.ini");
    BOOST_TEST(config.platforms.at("twitter").client_id == "x-id");
    BOOST_TEST((config.platforms.at("youtube").client_secret.reveal() == "g$s"));
    BOOST_TEST(config.platforms.at("tiktok").client_secret.empty());
    BOOST_TEST(!config.platforms.contains("linkedin"));
    BOOST_TEST(config.platforms.at("instagram").options.at("login") == "instagram");
}

BOOST_AUTO_TEST_CASE(an_empty_file_gives_a_service_on_loopback) {
    const auto config = load("");
    BOOST_TEST(config.server.host == "127.0.0.1");
    BOOST_TEST(config.server.public_url == "http://127.0.0.1:8080");
    BOOST_TEST(config.database.url == "sqlite3:///var/lib/postato/postato.db");
    BOOST_TEST(config.platforms.empty());
}

BOOST_AUTO_TEST_CASE(the_environment_beats_the_file) {
    const auto config = load("[server]\nlisten = 127.0.0.1:1\npublic_url = https://example.com/\n",
                             {{"POSTATO_SERVER__LISTEN", "[::1]:9"},
                              {"POSTATO_PLATFORM__TWITTER__CLIENT_ID", "from-environment"}});
    BOOST_TEST(config.server.host == "::1");
    BOOST_TEST(config.server.port == 9);
    BOOST_TEST(config.server.public_url == "https://example.com");
    BOOST_TEST(config.platforms.at("twitter").client_id == "from-environment");
}

BOOST_AUTO_TEST_CASE(every_problem_is_listed_at_once) {
    const auto problems = problemsOf(
        "[server]\nlisten = 8080\npublic_url = http://example.com\nworkers = many\nlisen = x\n"
        "state_directory = relative\ntrusted_proxies = 10.0.0.1 proxy.example\n"
        "[database]\nurl = mysql://root:hunter2@db/x\npool = 0\n"
        "[connect]\nreturn_origins = https://ok.example, http://bad.example\n"
        "[refresh]\nconfirm_after = -1\n"
        "[log]\nlevel = loud\n"
        "[platform.twitter]\ntoken_endpoint = http://evil.example/token\n"
        "[unknown]\nkey = 1\n");
    BOOST_TEST(hasProblem(problems, "server.listen", "ADDRESS:PORT"));
    BOOST_TEST(hasProblem(problems, "server.public_url", "must be https"));
    BOOST_TEST(hasProblem(problems, "server.workers", "whole number from 1 to 256"));
    BOOST_TEST(hasProblem(problems, "server.lisen", "not a known key"));
    BOOST_TEST(hasProblem(problems, "server.state_directory", "absolute path"));
    BOOST_TEST(hasProblem(problems, "server.trusted_proxies", "proxy.example is not an IP"));
    BOOST_TEST(hasProblem(problems, "database.url", "sqlite3:/// or postgresql://"));
    BOOST_TEST(hasProblem(problems, "database.pool", "from 1 to 1000"));
    BOOST_TEST(hasProblem(problems, "connect.return_origins", "http://bad.example must be https"));
    BOOST_TEST(hasProblem(problems, "refresh.confirm_after", "from 0 to 3600"));
    BOOST_TEST(hasProblem(problems, "log.level", "debug, info, warning or error"));
    BOOST_TEST(hasProblem(problems, "platform.twitter.token_endpoint", "must be https"));
    BOOST_TEST(hasProblem(problems, "unknown.key", "not a known key"));
    BOOST_TEST(problems.size() == 13u);
    for (const auto& problem : problems) BOOST_TEST(problem.find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(loading_throws_all_problems) {
    const ConfigFile file("[a]\nb = 1\n[c]\nd = 2\n");
    BOOST_CHECK_EXCEPTION(loadConfig(file.path(), {}), ConfigError,
                          [](const ConfigError& error) { return error.problems().size() == 2; });
}

BOOST_AUTO_TEST_CASE(a_comment_behind_a_value_is_explained) {
    BOOST_TEST(hasProblem(problemsOf("[server]\nlisten = 127.0.0.1:8080 ; here\n"), "server.listen",
                          "a line of its own"));
    BOOST_TEST(hasProblem(problemsOf("[server]\nworkers = 8 # here\n"), "server.workers",
                          "a line of its own"));
}

BOOST_AUTO_TEST_CASE(a_public_listener_needs_a_public_url) {
    BOOST_TEST(hasProblem(problemsOf("[server]\nlisten = 0.0.0.0:8080\n"), "server.public_url",
                          "is missing"));
    BOOST_TEST(
        problemsOf("[server]\nlisten = 0.0.0.0:80\npublic_url = https://a.example\n").empty());
}

BOOST_AUTO_TEST_CASE(plain_http_endpoints_are_for_loopback_alone) {
    BOOST_TEST(problemsOf("[platform.p]\nauthorization_endpoint = http://localhost:1/a\n"
                          "token_endpoint = http://127.0.0.1:1/t\nrevocation_endpoint = "
                          "http://[::1]:1/r\napi_base = https://api.example\n"
                          "userinfo_endpoint = http://localhost:1/u\n")
                   .empty());
    for (const char* key : {"authorization_endpoint", "token_endpoint", "revocation_endpoint",
                            "api_base", "userinfo_endpoint"})
        BOOST_TEST(hasProblem(
            problemsOf(std::string("[platform.p]\n") + key + " = http://api.example/x\n"),
            std::string("platform.p.") + key, "must be https"));
}

BOOST_AUTO_TEST_CASE(scopes_and_lists_split_at_blanks_and_commas) {
    const auto config = load(
        "[server]\ntrusted_proxies = 10.0.0.1, 10.2.0.0/16 ::1\n"
        "[connect]\nreturn_origins = https://a.example/ https://b.example:8443\n"
        "[platform.p]\nscopes = one two,three\n");
    BOOST_TEST(config.server.trusted_proxies ==
               (std::vector<std::string>{"10.0.0.1", "10.2.0.0/16", "::1"}));
    BOOST_TEST(config.return_origins ==
               (std::vector<std::string>{"https://a.example", "https://b.example:8443"}));
    BOOST_TEST(config.platforms.at("p").scopes ==
               (std::vector<std::string>{"one", "two", "three"}));
}

BOOST_AUTO_TEST_CASE(platform_keys_are_those_the_plugin_declares) {
    const auto config = load(
        "[platform.known]\nclient_id = a\nlogin = x\ntypo = y\n"
        "[platform.missing]\nclient_id = a\n"
        "[platform.refused]\nwhatever = a\n");
    Problems problems;
    checkPlatformOptions(config, {{"known", {"login", "config_id"}}}, {"refused"}, problems);
    BOOST_TEST(problems.list().size() == 2u);
    BOOST_TEST(hasProblem(problems.list(), "platform.known.typo", "not a key of this platform"));
    BOOST_TEST(hasProblem(problems.list(), "platform.missing", "no plugin for this platform"));
}

BOOST_AUTO_TEST_SUITE_END()
