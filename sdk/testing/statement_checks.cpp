// What a plugin says without any HTTP.

#include <algorithm>
#include <set>

#include "bad_answers.hpp"
#include "checks.hpp"

namespace postato::sdk::testing {
namespace {

constexpr char kState[] = "Zm9yLXRlc3RzLW9ubHktbm90LWEtcmVhbC1zdGF0ZQ_-";
constexpr char kRedirectUri[] = "https://postato.example/connect/x/callback?a=b";

std::string encoded(const std::string& text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
                                c == '~';
        if (unreserved) {
            out += c;
        } else {
            out += {'%', kHex[static_cast<unsigned char>(c) >> 4], kHex[c & 15]};
        }
    }
    return out;
}

bool startsWith(const std::string& text, const std::string& start) {
    return text.compare(0, start.size(), start) == 0;
}

void checkTraits(const ConformanceSubject& subject, const Platform& platform,
                 Violations& violations) {
    const Traits& traits = platform.traits();
    violations.require(!traits.display_name.empty(), "traits().display_name is empty.");
    violations.require(!traits.grant_family.empty(), "traits().grant_family is empty.");
    violations.require(!traits.scopes.empty(), "traits().scopes is empty.");
    std::set<std::string> names;
    for (const auto& scope : traits.scopes) {
        violations.require(!scope.name.empty(), "A scope has no name.");
        violations.require(!scope.meaning.empty(),
                           "Scope " + scope.name + " has no meaning for people.");
        violations.require(names.insert(scope.name).second,
                           "Scope " + scope.name + " stands twice.");
    }
    for (const auto& capability : traits.capabilities)
        violations.require(!capability.name.empty() && !capability.scopes.empty(),
                           "A capability has no name or needs no scope.");
    violations.require(traits.refresh_lead.count() >= 0, "traits().refresh_lead is negative.");
    violations.require(!traits.issuer_required || !traits.issuer.empty(),
                       "An issuer is required but not named.");

    PlatformConfig config = configured(subject);
    if (!config.scopes.empty()) return;
    for (const auto& scope : traits.scopes) config.scopes.push_back(scope.name);
    const PlatformPointer same = makePlatform(subject, config);
    violations.require(same->traits().scopes.size() == traits.scopes.size(),
                       "Configuring the default scopes changes the list of scopes.");
}

void checkAuthorizationUrl(const Platform& platform, Violations& violations) {
    const AuthorizationRequest request = someRequest(platform);
    const std::string url = platform.authorizationUrl(request);
    violations.require(contains(url, "state=" + encoded(kState)),
                       "The authorization URL lacks the state.");
    violations.require(contains(url, "redirect_uri=" + encoded(kRedirectUri)),
                       "The authorization URL lacks the redirect URI, percent-encoded.");
    violations.require(contains(url, "response_type=code"),
                       "The authorization URL lacks response_type=code.");
    violations.require(contains(url, "the-client-id"),
                       "The authorization URL lacks the client id.");
    violations.require(!contains(url, kCanary), "The authorization URL shows the client secret.");
    for (const auto& scope : request.scopes)
        violations.require(contains(url, encoded(scope)),
                           "The authorization URL lacks scope " + scope + ".");
    const bool pkce = platform.traits().pkce != PkceMethod::None;
    violations.require(
        contains(url, "code_challenge=") == pkce,
        pkce ? "The authorization URL lacks the code challenge."
             : "The authorization URL has a code challenge, but traits().pkce is None.");
    violations.require(!pkce || contains(url, request.code_challenge),
                       "The authorization URL has another code challenge.");
}

void checkEndpoints(const ConformanceSubject& subject, Violations& violations) {
    PlatformConfig config = configured(subject);
    config.authorization_endpoint = "http://localhost:4711/somewhere/else";
    const PlatformPointer moved = makePlatform(subject, config);
    violations.require(startsWith(moved->authorizationUrl(someRequest(*moved)),
                                  config.authorization_endpoint + "?"),
                       "A configured authorization_endpoint is not used.");
    if (!subject.has_built_in_endpoints) return;
    config.authorization_endpoint.clear();
    const PlatformPointer built_in = makePlatform(subject, config);
    violations.require(startsWith(built_in->authorizationUrl(someRequest(*built_in)), "https://"),
                       "The built-in authorization endpoint is not https.");
}

void checkCallback(const ConformanceSubject& subject, const Platform& platform,
                   Violations& violations) {
    using Kind = CallbackOutcome::Kind;
    const auto parse = [&](const CallbackParameters& p) { return platform.parseCallback(p); };
    const auto code = parse({{"code", "4/0A-x*y!z"}, {"state", kState}});
    violations.require(
        code.kind == Kind::Code && code.code.reveal() == "4/0A-x*y!z" && code.error.empty(),
        "A callback with a code is not read as that code, unchanged.");
    for (const auto& denial : subject.denials)
        violations.require(parse(denial).kind == Kind::Denied, "A denial is not read as Denied.");
    violations.require(parse({{"code", "c"}, {"error", "access_denied"}}).kind == Kind::Failed,
                       "A callback with both code and error is not Failed.");
    violations.require(parse({{"state", kState}}).kind == Kind::Failed,
                       "A callback with neither code nor error is not Failed.");
    violations.require(parse({}).kind == Kind::Failed, "An empty callback is not Failed.");
    violations.require(parse({{"code", ""}}).kind == Kind::Failed, "An empty code is not Failed.");
    const auto unknown = parse({{"error", "<svg onload=1>"}, {"state", kState}});
    violations.require(unknown.kind == Kind::Failed && unknown.error == safeCode(unknown.error) &&
                           !unknown.error.empty(),
                       "An unknown callback error is not Failed with a safe code.");
}

}  // namespace

AuthorizationRequest someRequest(const Platform& platform) {
    AuthorizationRequest request;
    request.redirect_uri = kRedirectUri;
    request.state = kState;
    if (platform.traits().pkce != PkceMethod::None)
        request.code_challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    for (const auto& scope : platform.traits().scopes) request.scopes.push_back(scope.name);
    return request;
}

void checkDescriptor(const ConformanceSubject& subject, Violations& violations) {
    const PluginDescriptor* descriptor = subject.descriptor;
    violations.require(descriptor != nullptr, "There is no descriptor.");
    if (descriptor == nullptr) return;
    const std::string id = descriptor->platform_id ? descriptor->platform_id : "";
    const bool id_is_valid =
        !id.empty() && id.size() <= 32 && id[0] >= 'a' && id[0] <= 'z' &&
        std::all_of(id.begin(), id.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        });
    violations.require(
        std::equal(std::begin(kPluginMagic), std::end(kPluginMagic), descriptor->magic),
        "The descriptor's magic is wrong: export it with POSTATO_PLUGIN.");
    violations.require(descriptor->size == sizeof(PluginDescriptor),
                       "The descriptor's size is wrong.");
    violations.require(descriptor->abi_version == kAbiVersion,
                       "The descriptor is of another ABI version.");
    violations.require(
        descriptor->toolchain && std::string(descriptor->toolchain) == POSTATO_TOOLCHAIN,
        "The plugin was built by another toolchain.");
    violations.require(id_is_valid, "The platform id is not [a-z][a-z0-9_]{0,31}.");
    violations.require(descriptor->display_name && *descriptor->display_name,
                       "There is no display name.");
    violations.require(descriptor->plugin_version && *descriptor->plugin_version,
                       "There is no version.");
    violations.require(descriptor->create && descriptor->destroy, "create or destroy is missing.");
}

void checkStatements(const ConformanceSubject& subject, const Platform& platform,
                     Violations& violations) {
    checkTraits(subject, platform, violations);
    checkAuthorizationUrl(platform, violations);
    checkEndpoints(subject, violations);
    checkCallback(subject, platform, violations);
}

}  // namespace postato::sdk::testing
