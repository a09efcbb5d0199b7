/// \file
/// What a platform may answer, through every step of every plugin: nothing is thrown, success means
/// tokens, no error repeats a secret, and every request goes to the platform that was configured.
///
/// The input: a line with the plugin (and its mode) and a callback's query, then the answers, each
/// a line with the status and the body. They are given out in this order in every step, the last
/// one again and again.

#include <dlfcn.h>

#include <charconv>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "http/query.hpp"
#include "net/request_text.hpp"
#include "net/url.hpp"
#include "postato/sdk/platform.hpp"
#include "postato/sdk/testing/fake_http_client.hpp"

using namespace postato;
using fuzz::require;

namespace {

constexpr std::string_view kMark = "Marked-1-secret-";
constexpr std::string_view kBetweenAnswers = "\n---\n";
const std::string kOrigin = "https://platform.example.com";

struct Driven {
    std::string name;
    std::unique_ptr<sdk::Platform, void (*)(sdk::Platform*)> platform;
};

sdk::Secret secret(const char* name) { return sdk::Secret(std::string(kMark) + name); }

Driven load(const std::string& name, const std::string& file, sdk::PlatformConfig config) {
    const auto path = std::string(POSTATO_PLUGIN_DIRECTORY) + "/" + file + ".so";
    void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    require(library != nullptr);
    const auto* plugin =
        static_cast<const sdk::PluginDescriptor*>(::dlsym(library, "postato_plugin"));
    require(plugin != nullptr);
    config.client_id = "id";
    config.client_secret = secret("client");
    config.authorization_endpoint = kOrigin + "/authorize";
    config.token_endpoint = kOrigin + "/token";
    config.revocation_endpoint = kOrigin + "/revoke";
    config.api_base = kOrigin;
    return {name, {plugin->create(config), plugin->destroy}};
}

/// Every plugin, those with modes in each of them.
std::vector<Driven> loadAll() {
    std::vector<Driven> all;
    for (const auto* name : {"instagram", "linkedin", "tiktok", "twitter", "youtube"})
        all.push_back(load(name, name, {}));
    sdk::PlatformConfig facebook, openid;
    facebook.options = {{"login", "facebook"}};
    openid.scopes = {"openid", "profile", "w_member_social"};
    all.push_back(load("instagram/facebook", "instagram", facebook));
    all.push_back(load("linkedin/openid", "linkedin", openid));
    return all;
}

const sdk::Platform& chosen(const std::vector<Driven>& all, std::string_view name) {
    for (const auto& driven : all)
        if (driven.name == name) return *driven.platform;
    const auto sum = std::accumulate(name.begin(), name.end(), std::size_t{0},
                                     [](auto so_far, unsigned char c) { return so_far + c; });
    return *all[sum % all.size()].platform;
}

/// A client with the input's answers; the requests it got are looked at when it goes.
class Answers : public sdk::testing::FakeHttpClient {
public:
    explicit Answers(std::string_view text) {
        do {
            auto one = fuzz::takeUntil(text, kBetweenAnswers);
            const auto line = fuzz::takeLine(one);
            int status = 200;
            std::from_chars(line.data(), line.data() + line.size(), status);
            const bool valid = status >= 200 && status <= 599;
            answer(valid ? status : 200, std::string(one), {{"Retry-After", std::string(line)}});
        } while (!text.empty());
        repeatLast();
    }
    ~Answers() override {
        require(requests().size() <= 64);
        for (const auto& request : requests()) {
            const auto url = net::parseUrl(request.url);
            require(url && url->origin() == kOrigin && !net::requestProblem(request));
        }
    }
};

template <class T>
void checkError(const sdk::Result<T>& result) {
    if (result.ok()) return;
    const auto& error = result.error();
    require(!error.message.empty() && !fuzz::hasControl(error.message));
    require(error.message.find(kMark) == std::string::npos);
    require(error.code.find(kMark) == std::string::npos && sdk::safeCode(error.code) == error.code);
    require(!error.retry_after ||
            (error.retry_after->count() >= 0 && *error.retry_after <= std::chrono::hours(24)));
}

void checkTokens(const sdk::Result<sdk::Credentials>& result) {
    checkError(result);
    if (!result.ok()) return;
    require(!result.value().access_token.empty() && result.value().access_token.size() < 8192);
    require(!fuzz::hasControl(result.value().access_token.reveal()));
    for (const auto& lifetime :
         {result.value().expires_in, result.value().refresh_token_expires_in})
        require(!lifetime || (lifetime->count() > 0 && lifetime->count() < 1'000'000'000));
}

sdk::Credentials oldCredentials(const sdk::Platform& platform) {
    sdk::Credentials credentials;
    credentials.access_token = secret("access");
    credentials.refresh_token = secret("refresh");
    for (const auto& scope : platform.traits().scopes) credentials.scopes.push_back(scope.name);
    return credentials;
}

void checkIdentities(const sdk::Platform& platform, std::string_view answers,
                     const sdk::Credentials& credentials) {
    Answers http(answers);
    const auto identified = platform.identify(http, credentials);
    checkError(identified);
    if (!identified.ok()) return;
    require(!identified.value().empty());
    for (const auto& identity : identified.value()) require(!identity.id.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto all = loadAll();
    auto answers = fuzz::textOf(data, size);
    auto line = fuzz::takeLine(answers);
    const auto& platform = chosen(all, fuzz::takeUntil(line, " "));

    sdk::CodeExchange exchange;
    exchange.code = secret("code");
    exchange.code_verifier = secret("verifier");
    exchange.redirect_uri = "https://postato.example.com/connect/x/callback";
    if (const auto query = http::QueryParameters::parse(line)) {
        const auto outcome = platform.parseCallback(query->all());
        require((outcome.kind == sdk::CallbackOutcome::Kind::Code) == !outcome.code.empty());
        require(outcome.code.empty() || outcome.error.empty());
        require(sdk::safeCode(outcome.error) == outcome.error);
        exchange.granted_scopes_hint = outcome.granted_scopes;
    }
    {
        Answers http(answers);
        const auto exchanged = platform.exchangeCode(http, exchange);
        checkTokens(exchanged);
        if (exchanged.ok()) checkIdentities(platform, answers, exchanged.value());
    }
    const auto old = oldCredentials(platform);
    {
        Answers http(answers);
        const auto refreshed = platform.refresh(http, old);
        checkTokens(refreshed);
        require(!refreshed.ok() || refreshed.value().refreshable());
    }
    checkIdentities(platform, answers, old);
    Answers http(answers);
    checkError(platform.revoke(http, old));
    return 0;
}
