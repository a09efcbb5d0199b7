#include "support.hpp"

#include <dlfcn.h>

#include <fstream>
#include <iterator>
#include <ostream>
#include <stdexcept>

namespace postato::tests {
namespace {

std::string decoded(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

template <class T>
sdk::PlatformError errorOf(const sdk::Result<T>& result) {
    if (result.ok()) throw std::runtime_error("the call succeeded, but an error was expected");
    return result.error();
}

}  // namespace

const sdk::PluginDescriptor& loadPlugin(const std::string& name, const std::string& directory) {
    void* library = dlopen((directory + "/" + name + ".so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(dlerror());
    const void* symbol = dlsym(library, "postato_plugin");
    if (symbol == nullptr) throw std::runtime_error(dlerror());
    return *static_cast<const sdk::PluginDescriptor*>(symbol);
}

PlatformPointer makePlatform(const std::string& name, sdk::PlatformConfig config) {
    const auto& plugin = loadPlugin(name);
    config.client_id = "id";
    config.client_secret = sdk::Secret("secret");
    return {plugin.create(config), plugin.destroy};
}

std::string recorded(const std::string& path) {
    std::ifstream file(std::string(POSTATO_PLUGIN_SOURCES) + "/" + path);
    if (!file) throw std::runtime_error("no recorded reply " + path);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

sdk::HttpResponse reply(int status, const std::string& path, sdk::Headers headers) {
    return {status, std::move(headers), recorded(path)};
}

sdk::CodeExchange someExchange() {
    sdk::CodeExchange exchange;
    exchange.code = sdk::Secret("4/0A*code!");
    exchange.redirect_uri = "https://postato.example/connect/callback";
    return exchange;
}

sdk::Credentials someCredentials(std::vector<std::string> scopes) {
    sdk::Credentials credentials;
    credentials.access_token = sdk::Secret("old-access");
    credentials.refresh_token = sdk::Secret("old-refresh");
    credentials.token_type = "Bearer";
    credentials.scopes = std::move(scopes);
    return credentials;
}

oauth2::Parameters sentForm(const std::string& text) {
    oauth2::Parameters parameters;
    std::size_t start = 0;
    while (start < text.size()) {
        const std::size_t end = std::min(text.find('&', start), text.size());
        const std::string pair = text.substr(start, end - start);
        const std::size_t equals = pair.find('=');
        if (equals != std::string::npos)
            parameters.emplace_back(decoded(pair.substr(0, equals)),
                                    decoded(pair.substr(equals + 1)));
        start = end + 1;
    }
    return parameters;
}

oauth2::Parameters sentQuery(const std::string& url) {
    const auto query = url.find('?');
    return query == std::string::npos ? oauth2::Parameters{} : sentForm(url.substr(query + 1));
}

sdk::CallbackParameters callback(const std::string& query) { return sentForm(query); }

std::string valueOf(const oauth2::Parameters& parameters, const std::string& name) {
    const std::string* value = oauth2::findParameter(parameters, name);
    return value == nullptr ? "(absent)" : *value;
}

sdk::PlatformError refreshError(const sdk::Platform& platform, sdk::HttpResponse answer) {
    FakeHttpClient http;
    http.answer(std::move(answer));
    return errorOf(platform.refresh(http, someCredentials()));
}

sdk::PlatformError exchangeError(const sdk::Platform& platform, sdk::HttpResponse answer) {
    FakeHttpClient http;
    http.answer(std::move(answer));
    return errorOf(platform.exchangeCode(http, someExchange()));
}

sdk::PlatformError identifyError(const sdk::Platform& platform, sdk::HttpResponse answer,
                                 const sdk::Credentials& credentials) {
    FakeHttpClient http;
    http.answer(std::move(answer)).repeatLast();
    return errorOf(platform.identify(http, credentials));
}

}  // namespace postato::tests

namespace postato::sdk {

std::ostream& operator<<(std::ostream& out, ErrorKind kind) {
    static constexpr const char* kNames[] = {
        "InvalidGrant", "Misconfigured", "Transient",        "RateLimited",          "TooEarly",
        "Ambiguous",    "ScopeMissing",  "AccountSuspended", "NoPublishableAccount", "Unsupported",
        "Protocol"};
    return out << kNames[static_cast<int>(kind) - 1];
}

std::ostream& operator<<(std::ostream& out, CallbackOutcome::Kind kind) {
    static constexpr const char* kNames[] = {"Code", "Denied", "ScopeRefused", "Failed"};
    return out << kNames[static_cast<int>(kind) - 1];
}

std::ostream& operator<<(std::ostream& out, Revocation revocation) {
    return out << (revocation == Revocation::Done ? "Done" : "AlreadyGone");
}

std::ostream& operator<<(std::ostream& out, GrantEnd end) {
    static constexpr const char* kNames[] = {"Unknown", "UserRevoked", "RefreshTokenExpired",
                                             "AccountSuspended"};
    return out << kNames[static_cast<int>(end) - 1];
}

}  // namespace postato::sdk
