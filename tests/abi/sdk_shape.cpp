// Prints how the SDK's classes lie in memory: what host and plugin must agree on to the byte.
// check_shape.sh compares it with sdk_shape.txt.

#include <cstddef>
#include <cstdio>
#include <cstring>

#include "postato/sdk/platform.hpp"

using namespace postato::sdk;

namespace {

template <class T>
void type(const char* name) {
    std::printf("%s: %zu bytes, aligned to %zu\n", name, sizeof(T), alignof(T));
}

template <class T, class Member>
void member(const char* name, Member T::*which) {
    alignas(T) static char room[sizeof(T)];
    const auto& object = *reinterpret_cast<const T*>(room);
    const auto* at = reinterpret_cast<const char*>(&(object.*which));
    std::printf("  %s: %zu bytes at %td\n", name, sizeof(Member), at - room);
}

/// A pointer to a virtual member function is, here, one more than the place in the table.
template <class Function>
void slot(const char* name, Function function) {
    std::ptrdiff_t place = 0;
    static_assert(sizeof function >= sizeof place);
    std::memcpy(&place, &function, sizeof place);
    std::printf("  virtual %s: %td\n", name, place - 1);
}

}  // namespace

#define TYPE(T) type<T>(#T)
#define MEMBER(T, name) member(#name, &T::name)
#define SLOT(T, name) slot(#name, &T::name)

int main() {
    std::printf("kAbiVersion %u\n", kAbiVersion);

    TYPE(PluginDescriptor);
    MEMBER(PluginDescriptor, magic);
    MEMBER(PluginDescriptor, size);
    MEMBER(PluginDescriptor, abi_version);
    MEMBER(PluginDescriptor, toolchain);
    MEMBER(PluginDescriptor, platform_id);
    MEMBER(PluginDescriptor, display_name);
    MEMBER(PluginDescriptor, plugin_version);
    MEMBER(PluginDescriptor, option_keys);
    MEMBER(PluginDescriptor, create);
    MEMBER(PluginDescriptor, destroy);

    TYPE(Platform);
    SLOT(Platform, traits);
    SLOT(Platform, authorizationUrl);
    SLOT(Platform, parseCallback);
    SLOT(Platform, exchangeCode);
    SLOT(Platform, refresh);
    SLOT(Platform, revoke);
    SLOT(Platform, identify);

    TYPE(HttpClient);
    SLOT(HttpClient, send);
    TYPE(HttpRequest);
    MEMBER(HttpRequest, method);
    MEMBER(HttpRequest, url);
    MEMBER(HttpRequest, headers);
    MEMBER(HttpRequest, body);
    TYPE(HttpResponse);
    MEMBER(HttpResponse, status);
    MEMBER(HttpResponse, headers);
    MEMBER(HttpResponse, body);

    TYPE(Secret);
    TYPE(Scope);
    MEMBER(Scope, name);
    MEMBER(Scope, meaning);
    MEMBER(Scope, required);
    TYPE(Capability);
    MEMBER(Capability, name);
    MEMBER(Capability, scopes);

    TYPE(Traits);
    MEMBER(Traits, display_name);
    MEMBER(Traits, scopes);
    MEMBER(Traits, capabilities);
    MEMBER(Traits, pkce);
    MEMBER(Traits, rotation);
    MEMBER(Traits, revocation_reach);
    MEMBER(Traits, grant_family);
    MEMBER(Traits, refresh_lead);
    MEMBER(Traits, fallback_access_lifetime);
    MEMBER(Traits, fallback_refresh_lifetime);
    MEMBER(Traits, forces_account_choice);
    MEMBER(Traits, issuer);
    MEMBER(Traits, issuer_required);
    MEMBER(Traits, code_lifetime);

    TYPE(PlatformConfig);
    MEMBER(PlatformConfig, client_id);
    MEMBER(PlatformConfig, client_secret);
    MEMBER(PlatformConfig, scopes);
    MEMBER(PlatformConfig, authorization_endpoint);
    MEMBER(PlatformConfig, token_endpoint);
    MEMBER(PlatformConfig, revocation_endpoint);
    MEMBER(PlatformConfig, api_base);
    MEMBER(PlatformConfig, options);

    TYPE(AuthorizationRequest);
    MEMBER(AuthorizationRequest, redirect_uri);
    MEMBER(AuthorizationRequest, state);
    MEMBER(AuthorizationRequest, code_challenge);
    MEMBER(AuthorizationRequest, scopes);
    MEMBER(AuthorizationRequest, reconnect);
    TYPE(CallbackOutcome);
    MEMBER(CallbackOutcome, kind);
    MEMBER(CallbackOutcome, code);
    MEMBER(CallbackOutcome, error);
    MEMBER(CallbackOutcome, granted_scopes);
    TYPE(CodeExchange);
    MEMBER(CodeExchange, code);
    MEMBER(CodeExchange, code_verifier);
    MEMBER(CodeExchange, redirect_uri);
    MEMBER(CodeExchange, requested_scopes);
    MEMBER(CodeExchange, granted_scopes_hint);

    TYPE(Credentials);
    MEMBER(Credentials, access_token);
    MEMBER(Credentials, expires_in);
    MEMBER(Credentials, refresh_token);
    MEMBER(Credentials, refresh_token_expires_in);
    MEMBER(Credentials, access_token_refreshes_itself);
    MEMBER(Credentials, earliest_refresh_after);
    MEMBER(Credentials, scopes);
    MEMBER(Credentials, token_type);
    MEMBER(Credentials, subject);
    MEMBER(Credentials, plugin_data);
    TYPE(Identity);
    MEMBER(Identity, id);
    MEMBER(Identity, username);
    MEMBER(Identity, display_name);
    MEMBER(Identity, avatar_url);
    MEMBER(Identity, profile_url);
    MEMBER(Identity, kind);
    MEMBER(Identity, credentials);

    TYPE(PlatformError);
    MEMBER(PlatformError, kind);
    MEMBER(PlatformError, message);
    MEMBER(PlatformError, code);
    MEMBER(PlatformError, retry_after);
    MEMBER(PlatformError, grant_end);
    TYPE(Result<Credentials>);
    TYPE(Result<Revocation>);
    TYPE(Result<std::vector<Identity>>);
    TYPE(Result<HttpResponse>);

    // Enumerators cross as numbers, so the last of each stands for their order.
    std::printf("ErrorKind::Protocol = %d\n", static_cast<int>(ErrorKind::Protocol));
    std::printf("GrantEnd::AccountSuspended = %d\n", static_cast<int>(GrantEnd::AccountSuspended));
    std::printf("PkceMethod::S256Hex = %d\n", static_cast<int>(PkceMethod::S256Hex));
    std::printf("RevocationReach::Unknown = %d\n", static_cast<int>(RevocationReach::Unknown));
    std::printf("Rotation::Strict = %d\n", static_cast<int>(Rotation::Strict));
    std::printf("Revocation::AlreadyGone = %d\n", static_cast<int>(Revocation::AlreadyGone));
    std::printf("CallbackOutcome::Kind::Failed = %d\n",
                static_cast<int>(CallbackOutcome::Kind::Failed));
}
