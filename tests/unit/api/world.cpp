#include "world.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "persistence/workspace_repository.hpp"
#include "postato/sdk/testing/fake_http_client.hpp"

namespace postato::api::testing {
namespace {

int nowhere() {
    static const int descriptor = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    return descriptor;
}

std::string databaseUrl(const postato::testing::TemporaryDirectory& directory) {
    return "sqlite3://" + (directory.path() / "postato.db").string();
}

platforms::PlatformRegistry makeRegistry(const std::shared_ptr<FakePlatform>& platform,
                                         const Logger& log) {
    platforms::PlatformEntry ready;
    ready.id = "fakebook";
    ready.display_name = "Fakebook";
    ready.version = "1.0.0";
    ready.state = platforms::PlatformState::Ready;
    ready.redirect_uri = kPublicUrl + "/connect/fakebook/callback";
    ready.client_id = "client";
    ready.scopes = {"read", "write"};
    ready.platform = std::make_shared<platforms::GuardedPlatform>("fakebook", platform,
                                                                  platforms::LaneOptions{}, log);
    platforms::PlatformEntry unconfigured = ready;
    unconfigured.id = "mute";
    unconfigured.display_name = "Mute";
    unconfigured.state = platforms::PlatformState::Unconfigured;
    unconfigured.reason = "no client_id is configured";
    unconfigured.redirect_uri = kPublicUrl + "/connect/mute/callback";
    platforms::PlatformEntry refused;
    refused.id = "broken";
    refused.display_name = "broken";
    refused.state = platforms::PlatformState::Refused;
    refused.reason = "it was built for another version";
    return platforms::PlatformRegistry({ready, unconfigured, refused});
}

/// A dashboard in miniature, with a file beside it that nobody may see.
StaticFiles makeFiles(const std::filesystem::path& directory) {
    const auto write = [&](const std::string& name, const std::string& text) {
        std::ofstream(directory / name) << text;
    };
    std::filesystem::create_directories(directory / "assets");
    for (const auto* page : {"accounts", "settings", "sign-in", "sign-in-link"})
        write(std::string(page) + ".html", std::string("<!doctype html><title>") + page);
    write("assets/postato.css", "body {}");
    write("assets/page.js", "export {};");
    write("assets/page.js.map", "secret");
    write("assets/.git", "secret");
    write("secret.txt", "secret");
    return StaticFiles(directory);
}

}  // namespace

void Browser::store(const http::Response& response) {
    for (const auto& [name, value] : response.headers()) {
        if (name != "set-cookie") continue;
        const auto equals = value.find('=');
        const auto cookie_name = value.substr(0, equals);
        const auto cookie_value = value.substr(equals + 1, value.find(';') - equals - 1);
        std::erase_if(cookies, [&](const auto& cookie) { return cookie.first == cookie_name; });
        if (!cookie_value.empty()) cookies.emplace_back(cookie_name, cookie_value);
    }
}

std::string Browser::cookieHeader() const {
    std::string header;
    for (const auto& [name, value] : cookies)
        header += (header.empty() ? "" : "; ") + name + "=" + value;
    return header;
}

World::World()
    : log(clock, nowhere()),
      platform(std::make_shared<FakePlatform>()),
      database({.url = databaseUrl(directory)}, clock, true),
      migrator(database,
               persistence::readMigrations(POSTATO_MIGRATIONS, persistence::Dialect::Sqlite),
               clock),
      vault(cipher),
      registry(makeRegistry(platform, log)),
      gateway{registry,
              [](std::chrono::milliseconds) {
                  return std::make_unique<sdk::testing::FakeHttpClient>();
              }},
      journal(directory.path() / "journal", cipher),
      schedule(random, {}),
      revocations(database, gateway, vault, random, log, "test", {}),
      breakers(database, clock, random, log, {}),
      settlement(database, vault, revocations, breakers, schedule, random, log, {}),
      writer(gateway, vault, schedule, revocations, random),
      refresher(database, gateway, vault, journal, breakers, settlement, clock, random, log, "test",
                {}),
      refresh_on_demand(database, gateway, vault, refresher, {}),
      account_service(database, gateway, vault, journal, refresh_on_demand, revocations, random,
                      log),
      connections(database, gateway, vault, journal, writer, revocations, random, log,
                  {.public_url = kPublicUrl}),
      links(database, gateway, connections, random, kPublicUrl),
      sign_in(database, random, {}),
      keys(database, random),
      files(makeFiles(directory.path())),
      readiness(database, migrator, journal, [] { return true; }),
      services{database,
               account_service,
               connections,
               links,
               refresh_on_demand,
               sign_in,
               keys,
               gateway,
               breakers,
               files,
               readiness,
               metrics,
               random,
               clock,
               log,
               {.public_url = kPublicUrl,
                .return_origins = {kReturnOrigin},
                .metrics_token = sdk::Secret(kMetricsToken)}},
      dispatcher((migrator.run(), services)) {
    refresher.gate().open("sqlite", true);
}

http::Response World::send(const Call& call) {
    http::Request request;
    request.method = call.method;
    const auto query = call.target.find('?');
    request.path = call.target.substr(0, query);
    if (query != std::string::npos) request.query = call.target.substr(query + 1);
    request.body = call.body;
    for (const auto& [name, value] : call.headers) request.headers.add(name, value);
    request.client_network = "192.0.2.1";
    request.id = "req_" + std::to_string(++requests_);
    return dispatcher.dispatch(request);
}

http::Response World::asKey(const std::string& key, const std::string& method,
                            const std::string& target, const std::string& body) {
    Call call{method, target, body, {{"authorization", "Bearer " + key}}};
    if (!body.empty()) call.headers.emplace_back("content-type", "application/json");
    return send(call);
}

http::Response World::asPage(Browser& browser, const std::string& method, const std::string& target,
                             const std::string& body) {
    Call call{method, target, body, {{"sec-fetch-site", "same-origin"}}};
    if (!browser.cookies.empty()) call.headers.emplace_back("cookie", browser.cookieHeader());
    if (!body.empty()) call.headers.emplace_back("content-type", "application/json");
    if (method != "GET") {
        call.headers.emplace_back("origin", kPublicUrl);
        call.headers.emplace_back("x-csrf-token", browser.csrf_token);
    }
    auto response = send(call);
    browser.store(response);
    return response;
}

http::Response World::visit(Browser& browser, const std::string& target,
                            const std::string& fetch_site) {
    Call call{"GET", target, "", {{"sec-fetch-site", fetch_site}}};
    if (!browser.cookies.empty()) call.headers.emplace_back("cookie", browser.cookieHeader());
    auto response = send(call);
    browser.store(response);
    return response;
}

http::Response World::submit(Browser& browser, const std::string& target, const std::string& form) {
    Call call{"POST", target, form, {{"sec-fetch-site", "same-origin"}, {"origin", kPublicUrl}}};
    call.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
    if (!browser.cookies.empty()) call.headers.emplace_back("cookie", browser.cookieHeader());
    auto response = send(call);
    browser.store(response);
    return response;
}

WorkspaceId World::makeWorkspace(const std::string& name) {
    const auto id = WorkspaceId::make(clock.now(), random);
    database.write([&](persistence::Transaction& tx) {
        persistence::WorkspaceRepository(tx).insert({id, name, tx.now(), tx.now()});
    });
    return id;
}

std::string World::makeKey(const std::vector<WorkspaceId>& workspaces,
                           const std::vector<std::string>& permissions) {
    accounts::NewApiKey request;
    request.name = "test";
    request.workspaces = workspaces;
    request.permissions = permissions;
    return std::string(keys.create(request, kOperator).key.reveal());
}

Browser World::signIn(const std::string& email, const std::string& tenant_role,
                      const std::vector<std::pair<WorkspaceId, std::string>>& roles) {
    const auto user = sign_in.createUser(email, tenant_role, kOperator);
    database.write([&](persistence::Transaction& tx) {
        for (const auto& [workspace, role] : roles)
            persistence::WorkspaceRepository(tx).addMember(workspace, user.id, role);
    });
    const nlohmann::json body = {
        {"secret", std::string(sign_in.makeLink(user.id, kOperator).reveal())}};
    Browser browser;
    const auto response = asPage(browser, "POST", "/session/link", body.dump());
    BOOST_REQUIRE_EQUAL(response.status, 200);
    browser.csrf_token = nlohmann::json::parse(response.body)["csrfToken"];
    return browser;
}

std::string World::beginConnect(Browser& browser, const WorkspaceId& workspace,
                                const std::string& more_json) {
    const auto response = asPage(browser, "POST", "/connect/fakebook/start",
                                 R"({"workspaceId":")" + workspace.str() + "\"" + more_json + "}");
    BOOST_REQUIRE_EQUAL(response.status, 200);
    return parameterOf(nlohmann::json::parse(response.body)["url"], "state");
}

std::string World::connect(Browser& browser, const WorkspaceId& workspace,
                           const std::string& person) {
    const auto state = beginConnect(browser, workspace);
    const auto response =
        visit(browser, "/connect/fakebook/callback?code=" + person + "&state=" + state);
    BOOST_REQUIRE_EQUAL(response.status, 303);
    return parameterOf(headerOf(response, "location"), "connected");
}

std::string parameterOf(const std::string& address, const std::string& name) {
    const auto query = http::QueryParameters::parse(address.substr(address.find('?') + 1));
    const auto* value = query ? query->unique(name) : nullptr;
    return value == nullptr ? std::string() : *value;
}

std::string headerOf(const http::Response& response, const std::string& name) {
    const auto* value = response.header(name);
    return value == nullptr ? std::string() : *value;
}

std::string fieldOf(const std::string& page, const std::string& name) {
    const std::string before = "name=\"" + name + "\" value=\"";
    const auto at = page.find(before);
    if (at == std::string::npos) return {};
    const auto begin = at + before.size();
    return page.substr(begin, page.find('"', begin) - begin);
}

}  // namespace postato::api::testing
