#pragma once

/// \file
/// The interface of a platform plugin. Read `secret.hpp`, `result.hpp`, `http.hpp` and `oauth.hpp`
/// first; together they are all a plugin needs to know. Standard library only, C++17.
///
/// Rules for a plugin:
///  - It opens no socket, file or environment variable; the HttpClient it is handed is the way out.
///  - Its objects are immutable after construction: any member may be called by several threads.
///  - It reports failures as values. What it throws all the same becomes a `Protocol` error.
///  - It never copies text of an answer into an error, except codes through `safeCode`.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "postato/sdk/http.hpp"
#include "postato/sdk/oauth.hpp"
#include "postato/sdk/result.hpp"

namespace postato::sdk {

/// A scope the plugin may ask for.
struct Scope {
    std::string name;     ///< as on the wire
    std::string meaning;  ///< for people: "publish posts in your name"
    bool required;        ///< without it the connection is refused
};

/// Something an account can do, and the scopes that allow it.
struct Capability {
    std::string name;  ///< `publish.text`, `publish.image`, `publish.video`, `publish.draft`, ...
    std::vector<std::string> scopes;
};

/// The facts about a platform that the host acts on. Constant for the life of the plugin object;
/// they may depend on its configuration.
struct Traits {
    std::string display_name;           ///< "X", "LinkedIn"
    std::vector<Scope> scopes;          ///< asked for by default, in this order
    std::vector<Capability> capabilities;
    PkceMethod pkce = PkceMethod::S256;
    Rotation rotation = Rotation::None;
    RevocationReach revocation_reach = RevocationReach::Unknown;
    /// Plugins with the same family share grants at the platform; usually the platform's own name.
    std::string grant_family;
    /// Refresh this long before the access token ends (the host caps it at 20 % of the lifetime).
    std::chrono::seconds refresh_lead{300};
    /// Used when an answer states no lifetime. Absent: such a token is taken not to end.
    std::optional<std::chrono::seconds> fallback_access_lifetime;
    std::optional<std::chrono::seconds> fallback_refresh_lifetime;
    /// The authorization page lets the person choose the account. False: the dashboard says "log
    /// out there first".
    bool forces_account_choice = false;
    /// Expected `iss` of the callback (RFC 9207); empty where the platform has none.
    std::string issuer;
    bool issuer_required = false;
    /// The authorization code dies this soon; zero when not stated.
    std::chrono::seconds code_lifetime{0};
};

/// What the operator configured for one platform.
struct PlatformConfig {
    std::string client_id;
    Secret client_secret;
    std::vector<std::string> scopes;      ///< replaces the default scopes when not empty
    std::string authorization_endpoint;   ///< these four replace the built-in address when not empty
    std::string token_endpoint;
    std::string revocation_endpoint;
    std::string api_base;
    std::map<std::string, std::string> options;  ///< the keys that the descriptor declares
};

class Platform {
public:
    virtual ~Platform() = default;

    virtual const Traits& traits() const noexcept = 0;

    /// The address the browser is sent to (RFC 6749 4.1.1, RFC 7636 4.3).
    virtual std::string authorizationUrl(const AuthorizationRequest& request) const = 0;

    /// Reads the callback (RFC 6749 4.1.2). Both or neither of `code` and `error`: Kind::Failed.
    virtual CallbackOutcome parseCallback(const CallbackParameters& parameters) const = 0;

    /// Trades the code for credentials; may take several calls. Nothing half-done is returned.
    /// A used or stale code is `InvalidGrant`.
    virtual Result<Credentials> exchangeCode(HttpClient& http, const CodeExchange& exchange) const = 0;

    /// New credentials from the old ones (RFC 6749 6). What the answer leaves out keeps its old
    /// value: refresh token, subject, plugin data. Empty `scopes` means "unchanged".
    virtual Result<Credentials> refresh(HttpClient& http, const Credentials& credentials) const = 0;

    /// Ends the grant or token at the platform (RFC 7009). A token the platform no longer knows is
    /// `AlreadyGone`, not an error; `Unsupported` where there is no endpoint.
    virtual Result<Revocation> revoke(HttpClient& http, const Credentials& credentials) const = 0;

    /// Who was connected. At least one, or an error: `NoPublishableAccount`, `ScopeMissing`.
    virtual Result<std::vector<Identity>> identify(HttpClient& http,
                                                   const Credentials& credentials) const = 0;
};

/// Raised by any change to a class, struct or virtual function in these headers.
constexpr std::uint32_t kAbiVersion = 1;
constexpr char kPluginMagic[8] = {'P', 'O', 'S', 'T', 'A', 'T', 'O', '\n'};

#define POSTATO_STRINGIZE_(x) #x
#define POSTATO_STRINGIZE(x) POSTATO_STRINGIZE_(x)
/// Compiler major and C++ library ABI: host and plugin must have been built with the same ones.
#if defined(__clang__)
#define POSTATO_COMPILER "clang-" POSTATO_STRINGIZE(__clang_major__)
#else
#define POSTATO_COMPILER "gcc-" POSTATO_STRINGIZE(__GNUC__)
#endif
#if defined(_GLIBCXX_USE_CXX11_ABI) && _GLIBCXX_USE_CXX11_ABI
#define POSTATO_TOOLCHAIN POSTATO_COMPILER "/libstdc++-cxx11"
#else
#define POSTATO_TOOLCHAIN POSTATO_COMPILER "/libstdc++-old"
#endif

/// The exported data the host reads before it calls anything: plain data, no constructors.
struct PluginDescriptor {
    char magic[8];
    std::uint32_t size;                ///< sizeof(PluginDescriptor)
    std::uint32_t abi_version;         ///< kAbiVersion at build time
    const char* toolchain;             ///< POSTATO_TOOLCHAIN at build time
    const char* platform_id;           ///< [a-z][a-z0-9_]{0,31}: in URLs, configuration, database
    const char* display_name;
    const char* plugin_version;
    const char* const* option_keys;    ///< extra configuration keys, ended by nullptr; may be nullptr
    Platform* (*create)(const PlatformConfig& config);  ///< may throw std::exception: configuration is wrong
    void (*destroy)(Platform* platform);
};

}  // namespace postato::sdk

/// Exports the descriptor. `OPTIONS` is a nullptr-ended array of `const char*`, or nullptr; `TYPE`
/// has a constructor `explicit TYPE(const postato::sdk::PlatformConfig&)`.
#define POSTATO_PLUGIN(ID, NAME, VERSION, OPTIONS, TYPE)                                           \
    extern "C" __attribute__((visibility("default")))                                              \
    const ::postato::sdk::PluginDescriptor postato_plugin = {                                      \
        {'P', 'O', 'S', 'T', 'A', 'T', 'O', '\n'},                                                 \
        sizeof(::postato::sdk::PluginDescriptor),                                                  \
        ::postato::sdk::kAbiVersion,                                                               \
        POSTATO_TOOLCHAIN,                                                                         \
        ID,                                                                                        \
        NAME,                                                                                      \
        VERSION,                                                                                   \
        OPTIONS,                                                                                   \
        [](const ::postato::sdk::PlatformConfig& config) -> ::postato::sdk::Platform* {            \
            return new TYPE(config);                                                               \
        },                                                                                         \
        [](::postato::sdk::Platform* platform) { delete platform; }}
