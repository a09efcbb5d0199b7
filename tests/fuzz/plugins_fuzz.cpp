/// \file
/// What a platform may answer, through every step of every plugin: nothing is thrown, success means
/// tokens, and no error repeats what was sent or received.
///
/// The input: a byte that picks the plugin, a byte that picks the status, a callback's query up to
/// the first line end, then the body that every call is answered with.

#include <dlfcn.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "http/query.hpp"
#include "postato/sdk/platform.hpp"
#include "postato/sdk/testing/fake_http_client.hpp"

using namespace postato;
using fuzz::require;

namespace {

constexpr std::string_view kMark = "marked-secret-";
constexpr std::array kStatuses = {200, 201, 204, 302, 400, 401, 403, 404, 429, 500, 503};

using Platform = std::unique_ptr<sdk::Platform, void (*)(sdk::Platform*)>;

std::vector<Platform> loadAll() {
    std::vector<Platform> platforms;
    for (const auto& item : std::filesystem::directory_iterator(POSTATO_PLUGIN_DIRECTORY)) {
        if (item.path().extension() != ".so") continue;
        void* library = ::dlopen(item.path().c_str(), RTLD_NOW | RTLD_LOCAL);
        require(library != nullptr);
        const auto* plugin =
            static_cast<const sdk::PluginDescriptor*>(::dlsym(library, "postato_plugin"));
        require(plugin != nullptr);
        sdk::PlatformConfig config;
        config.client_id = "id";
        config.client_secret = sdk::Secret(std::string(kMark) + "client");
        platforms.emplace_back(plugin->create(config), plugin->destroy);
    }
    require(platforms.size() >= 5);
    return platforms;
}

sdk::Credentials oldCredentials() {
    sdk::Credentials credentials;
    credentials.access_token = sdk::Secret(std::string(kMark) + "access");
    credentials.refresh_token = sdk::Secret(std::string(kMark) + "refresh");
    credentials.scopes = {"one", "two"};
    return credentials;
}

template <class T>
void checkError(const sdk::Result<T>& result, std::string_view body) {
    if (result.ok()) return;
    const auto& error = result.error();
    require(!error.message.empty());
    require(error.message.find(kMark) == std::string::npos);
    require(error.code.find(kMark) == std::string::npos);
    if (body.size() >= 16) require(error.message.find(body) == std::string::npos);
}

void checkTokens(const sdk::Result<sdk::Credentials>& result) {
    if (!result.ok()) return;
    require(!result.value().access_token.empty());
    const auto& lifetime = result.value().expires_in;
    require(!lifetime || (lifetime->count() >= 0 && lifetime->count() < 1'000'000'000'000));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto platforms = loadAll();
    if (size < 2) return 0;
    const auto& platform = *platforms[data[0] % platforms.size()];
    const int status = kStatuses[data[1] % kStatuses.size()];
    auto body = fuzz::textOf(data + 2, size - 2);
    const auto query = http::QueryParameters::parse(fuzz::takeUntil(body, '\n'));

    sdk::testing::FakeHttpClient http;
    http.answer(status, std::string(body), {{"Content-Type", "application/json"}}).repeatLast();

    sdk::CodeExchange exchange;
    exchange.code = sdk::Secret(std::string(kMark) + "code");
    exchange.code_verifier = sdk::Secret(std::string(kMark) + "verifier");
    exchange.redirect_uri = "https://postato.example.com/connect/x/callback";
    if (query) {
        const auto outcome = platform.parseCallback(query->all());
        require((outcome.kind == sdk::CallbackOutcome::Kind::Code) == !outcome.code.empty());
        exchange.granted_scopes_hint = outcome.granted_scopes;
    }
    const auto exchanged = platform.exchangeCode(http, exchange);
    checkError(exchanged, body);
    checkTokens(exchanged);
    const auto refreshed = platform.refresh(http, oldCredentials());
    checkError(refreshed, body);
    checkTokens(refreshed);
    const auto identified = platform.identify(http, oldCredentials());
    checkError(identified, body);
    if (identified.ok())
        for (const auto& identity : identified.value()) require(!identity.id.empty());
    checkError(platform.revoke(http, oldCredentials()), body);
    return 0;
}
