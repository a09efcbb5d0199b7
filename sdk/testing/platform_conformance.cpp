#include "postato/sdk/testing/platform_conformance.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <thread>

#include "bad_answers.hpp"
#include "postato/sdk/testing/fake_http_client.hpp"

namespace postato::sdk::testing {
namespace {

using PlatformPointer = std::unique_ptr<Platform, void (*)(Platform*)>;

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

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

bool startsWith(const std::string& text, const std::string& start) {
    return text.compare(0, start.size(), start) == 0;
}

/// One run of the suite over one subject.
class Check {
public:
    explicit Check(const ConformanceSubject& subject) : subject_(subject) {}

    std::vector<std::string> run() {
        if (!checkDescriptor()) return violations_;
        const PlatformPointer platform = make(configured());
        checkTraits(*platform);
        checkAuthorizationUrl(*platform);
        checkEndpoints();
        checkCallback(*platform);
        checkGoodReplies(*platform);
        checkBadReplies(*platform);
        checkRevocation(*platform);
        checkThreads(*platform);
        return violations_;
    }

private:
    /// Any step, reduced to what the suite looks at.
    using Step = std::function<std::optional<PlatformError>(HttpClient&)>;

    void require(bool holds, const std::string& sentence) {
        if (!holds) violations_.push_back(sentence);
    }

    PlatformConfig configured() const {
        PlatformConfig config = subject_.config;
        config.client_id = "the-client-id";
        config.client_secret = Secret(kCanary);
        return config;
    }
    PlatformPointer make(const PlatformConfig& config) const {
        return {subject_.descriptor->create(config), subject_.descriptor->destroy};
    }

    static Credentials someCredentials() {
        Credentials credentials;
        credentials.access_token = Secret(kCanary + "-access");
        credentials.refresh_token = Secret(kCanary + "-refresh");
        credentials.token_type = "Bearer";
        return credentials;
    }
    /// Credentials as the platform would have them at refresh: with or without a refresh token.
    Credentials refreshable(const Platform& platform) const {
        Credentials credentials = someCredentials();
        FakeHttpClient http;
        for (const auto& reply : subject_.exchange_replies) http.answer(reply);
        const auto exchanged = platform.exchangeCode(http, someExchange());
        if (exchanged && exchanged.value().access_token_refreshes_itself) {
            credentials.refresh_token = Secret();
            credentials.access_token_refreshes_itself = true;
        }
        return credentials;
    }
    CodeExchange someExchange() const {
        CodeExchange exchange;
        exchange.code = Secret(kCanary + "-code");
        exchange.code_verifier = Secret(kCanary + "-verifier-0123456789012345678901234567890");
        exchange.redirect_uri = kRedirectUri;
        return exchange;
    }
    Step exchangeStep(const Platform& platform) const {
        return [&platform, this](HttpClient& http) -> std::optional<PlatformError> {
            const auto result = platform.exchangeCode(http, someExchange());
            return result ? std::nullopt : std::optional(result.error());
        };
    }
    Step refreshStep(const Platform& platform) const {
        const Credentials credentials = refreshable(platform);
        return [&platform, credentials](HttpClient& http) -> std::optional<PlatformError> {
            const auto result = platform.refresh(http, credentials);
            return result ? std::nullopt : std::optional(result.error());
        };
    }
    static Step identifyStep(const Platform& platform) {
        return [&platform](HttpClient& http) -> std::optional<PlatformError> {
            const auto result = platform.identify(http, someCredentials());
            return result ? std::nullopt : std::optional(result.error());
        };
    }
    Step revokeStep(const Platform& platform) const {
        const Credentials credentials = refreshable(platform);
        return [&platform, credentials](HttpClient& http) -> std::optional<PlatformError> {
            const auto result = platform.revoke(http, credentials);
            return result ? std::nullopt : std::optional(result.error());
        };
    }

    bool checkDescriptor() {
        const PluginDescriptor* descriptor = subject_.descriptor;
        if (descriptor == nullptr) {
            violations_.push_back("There is no descriptor.");
            return false;
        }
        const std::string id = descriptor->platform_id ? descriptor->platform_id : "";
        const bool id_is_valid =
            !id.empty() && id.size() <= 32 && id[0] >= 'a' && id[0] <= 'z' &&
            std::all_of(id.begin(), id.end(), [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
            });
        require(std::equal(std::begin(kPluginMagic), std::end(kPluginMagic), descriptor->magic),
                "The descriptor's magic is wrong: export it with POSTATO_PLUGIN.");
        require(descriptor->size == sizeof(PluginDescriptor), "The descriptor's size is wrong.");
        require(descriptor->abi_version == kAbiVersion,
                "The descriptor is of another ABI version.");
        require(descriptor->toolchain && std::string(descriptor->toolchain) == POSTATO_TOOLCHAIN,
                "The plugin was built by another toolchain.");
        require(id_is_valid, "The platform id is not [a-z][a-z0-9_]{0,31}.");
        require(descriptor->display_name && *descriptor->display_name, "There is no display name.");
        require(descriptor->plugin_version && *descriptor->plugin_version, "There is no version.");
        require(descriptor->create && descriptor->destroy, "create or destroy is missing.");
        return violations_.empty();
    }

    void checkTraits(const Platform& platform) {
        const Traits& traits = platform.traits();
        require(!traits.display_name.empty(), "traits().display_name is empty.");
        require(!traits.grant_family.empty(), "traits().grant_family is empty.");
        require(!traits.scopes.empty(), "traits().scopes is empty.");
        std::set<std::string> names;
        for (const auto& scope : traits.scopes) {
            require(!scope.name.empty(), "A scope has no name.");
            require(!scope.meaning.empty(), "Scope " + scope.name + " has no meaning for people.");
            require(names.insert(scope.name).second, "Scope " + scope.name + " stands twice.");
        }
        for (const auto& capability : traits.capabilities)
            require(!capability.name.empty() && !capability.scopes.empty(),
                    "A capability has no name or needs no scope.");
        require(traits.refresh_lead.count() >= 0, "traits().refresh_lead is negative.");
        require(!traits.issuer_required || !traits.issuer.empty(),
                "An issuer is required but not named.");

        PlatformConfig config = configured();
        if (!config.scopes.empty()) return;
        for (const auto& scope : traits.scopes) config.scopes.push_back(scope.name);
        const PlatformPointer same = make(config);
        require(same->traits().scopes.size() == traits.scopes.size(),
                "Configuring the default scopes changes the list of scopes.");
    }

    AuthorizationRequest someRequest(const Platform& platform) const {
        AuthorizationRequest request;
        request.redirect_uri = kRedirectUri;
        request.state = kState;
        if (platform.traits().pkce != PkceMethod::None)
            request.code_challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        for (const auto& scope : platform.traits().scopes) request.scopes.push_back(scope.name);
        return request;
    }

    void checkAuthorizationUrl(const Platform& platform) {
        const AuthorizationRequest request = someRequest(platform);
        const std::string url = platform.authorizationUrl(request);
        require(contains(url, "state=" + encoded(kState)),
                "The authorization URL lacks the state.");
        require(contains(url, "redirect_uri=" + encoded(kRedirectUri)),
                "The authorization URL lacks the redirect URI, percent-encoded.");
        require(contains(url, "response_type=code"),
                "The authorization URL lacks response_type=code.");
        require(contains(url, "the-client-id"), "The authorization URL lacks the client id.");
        require(!contains(url, kCanary), "The authorization URL shows the client secret.");
        for (const auto& scope : request.scopes)
            require(contains(url, encoded(scope)),
                    "The authorization URL lacks scope " + scope + ".");
        const bool pkce = platform.traits().pkce != PkceMethod::None;
        require(contains(url, "code_challenge=") == pkce,
                pkce ? "The authorization URL lacks the code challenge."
                     : "The authorization URL has a code challenge, but traits().pkce is None.");
        require(!pkce || contains(url, request.code_challenge),
                "The authorization URL has another code challenge.");
    }

    void checkEndpoints() {
        PlatformConfig config = configured();
        config.authorization_endpoint = "http://localhost:4711/somewhere/else";
        const PlatformPointer moved = make(config);
        require(startsWith(moved->authorizationUrl(someRequest(*moved)),
                           config.authorization_endpoint + "?"),
                "A configured authorization_endpoint is not used.");
        if (!subject_.has_built_in_endpoints) return;
        config.authorization_endpoint.clear();
        const PlatformPointer built_in = make(config);
        require(startsWith(built_in->authorizationUrl(someRequest(*built_in)), "https://"),
                "The built-in authorization endpoint is not https.");
    }

    void checkCallback(const Platform& platform) {
        using Kind = CallbackOutcome::Kind;
        const auto parse = [&](const CallbackParameters& p) { return platform.parseCallback(p); };
        const auto code = parse({{"code", "4/0A-x*y!z"}, {"state", kState}});
        require(code.kind == Kind::Code && code.code.reveal() == "4/0A-x*y!z" && code.error.empty(),
                "A callback with a code is not read as that code, unchanged.");
        for (const auto& denial : subject_.denials)
            require(parse(denial).kind == Kind::Denied, "A denial is not read as Denied.");
        require(parse({{"code", "c"}, {"error", "access_denied"}}).kind == Kind::Failed,
                "A callback with both code and error is not Failed.");
        require(parse({{"state", kState}}).kind == Kind::Failed,
                "A callback with neither code nor error is not Failed.");
        require(parse({}).kind == Kind::Failed, "An empty callback is not Failed.");
        require(parse({{"code", ""}}).kind == Kind::Failed, "An empty code is not Failed.");
        const auto unknown = parse({{"error", "<svg onload=1>"}, {"state", kState}});
        require(unknown.kind == Kind::Failed && unknown.error == safeCode(unknown.error) &&
                    !unknown.error.empty(),
                "An unknown callback error is not Failed with a safe code.");
    }

    void checkGoodReplies(const Platform& platform) {
        FakeHttpClient http;
        for (const auto& reply : subject_.exchange_replies) http.answer(reply);
        const auto exchanged = platform.exchangeCode(http, someExchange());
        require(exchanged.ok(), "The recorded exchange does not work.");
        if (exchanged)
            require(!exchanged.value().access_token.empty(), "The exchange gives no access token.");
        require(http.requests().size() == subject_.exchange_replies.size(),
                "The exchange makes another number of calls than recorded.");

        const Credentials old = refreshable(platform);
        const auto refreshWith = [&](const std::vector<HttpResponse>& replies) {
            FakeHttpClient client;
            for (const auto& reply : replies) client.answer(reply);
            return platform.refresh(client, old);
        };
        const auto refreshed = refreshWith(subject_.refresh_replies);
        require(refreshed.ok(), "The recorded refresh does not work.");
        if (refreshed) {
            require(refreshed.value().refreshable(), "Refreshed credentials cannot be refreshed.");
            require(refreshed.value().access_token.reveal() != old.access_token.reveal(),
                    "A refresh gives the old access token.");
        }
        if (!subject_.refresh_replies_without_refresh_token.empty()) {
            const auto kept = refreshWith(subject_.refresh_replies_without_refresh_token);
            require(kept && kept.value().refresh_token.reveal() == old.refresh_token.reveal(),
                    "A refresh whose answer has no refresh token loses the old one.");
        }
        checkIdentities(platform);
    }

    void checkIdentities(const Platform& platform) {
        FakeHttpClient http;
        for (const auto& reply : subject_.identify_replies) http.answer(reply);
        const auto identities = platform.identify(http, someCredentials());
        require(identities && !identities.value().empty(), "The recorded identity is not read.");
        if (!identities) return;
        std::set<std::string> ids;
        for (const auto& identity : identities.value()) {
            require(!identity.id.empty() && ids.insert(identity.id).second,
                    "An identity has no id, or the id of another one.");
            require(!identity.kind.empty(), "An identity has no kind.");
        }
    }

    /// Each bad answer in place of each recorded one, and of all that would follow.
    void checkBadReplies(const Platform& platform) {
        breakEach("exchange", exchangeStep(platform), subject_.exchange_replies, platform, true);
        breakEach("refresh", refreshStep(platform), subject_.refresh_replies, platform, true);
        breakEach("identify", identifyStep(platform), subject_.identify_replies, platform, false);
    }

    void breakEach(const std::string& step, const Step& run,
                   const std::vector<HttpResponse>& replies, const Platform& platform,
                   bool changes_state) {
        for (std::size_t broken = 0; broken < replies.size(); ++broken) {
            for (const auto& bad : badAnswers()) {
                FakeHttpClient http;
                for (std::size_t i = 0; i < broken; ++i) http.answer(replies[i]);
                http.answer(bad.answer).repeatLast();
                const auto where =
                    step + ", call " + std::to_string(broken + 1) + ", " + bad.what + ": ";
                const auto error = run(http);
                require(error.has_value(), where + "passes for success.");
                if (!error) continue;
                checkError(where, *error);
                const bool strict = changes_state && platform.traits().rotation == Rotation::Strict;
                checkKind(where, *error, bad, strict);
            }
        }
    }

    void checkError(const std::string& where, const PlatformError& error) {
        require(error.kind != ErrorKind::InvalidGrant, where + "is taken for a dead grant.");
        require(!error.message.empty(), where + "has no message.");
        require(error.code == safeCode(error.code), where + "has an unsafe code.");
        require(!contains(error.message, kCanary) && !contains(error.code, kCanary),
                where + "repeats a secret.");
    }

    void checkKind(const std::string& where, const PlatformError& error, const BadAnswer& bad,
                   bool rotates) {
        using Class = BadAnswer::Class;
        const ErrorKind kind = error.kind;
        if (bad.kind == Class::Outage)
            require(kind == ErrorKind::Transient, where + "is not Transient.");
        if (bad.kind == Class::RateLimit) {
            require(kind == ErrorKind::RateLimited, where + "is not RateLimited.");
            require(error.retry_after == std::chrono::seconds(7), where + "forgets Retry-After.");
        }
        // A platform that rotates may have spent the old token; only Ambiguous says so.
        if (bad.kind == Class::LostAnswer && rotates)
            require(kind == ErrorKind::Ambiguous, where + "is not Ambiguous.");
        if (bad.kind == Class::Transport && rotates)
            require(kind == bad.answer.error().kind, where + "changes the transport's error.");
    }

    void checkRevocation(const Platform& platform) {
        const Step run = revokeStep(platform);
        if (subject_.revoke_replies.empty()) {
            FakeHttpClient http;
            const auto error = run(http);
            require(error && error->kind == ErrorKind::Unsupported && http.requests().empty(),
                    "revoke without recorded replies is not Unsupported.");
            return;
        }
        FakeHttpClient http;
        for (const auto& reply : subject_.revoke_replies) http.answer(reply);
        require(!run(http), "The recorded revocation does not work.");
        require(platform.traits().revocation_reach != RevocationReach::Unsupported,
                "revoke works, but traits().revocation_reach says Unsupported.");
        for (const auto& bad : badAnswers()) {
            using Class = BadAnswer::Class;
            if (bad.kind == Class::LostAnswer || bad.kind == Class::Nonsense) continue;
            FakeHttpClient broken;
            broken.answer(bad.answer).repeatLast();
            const std::string where = "revoke, " + bad.what + ": ";
            const auto error = run(broken);
            require(error.has_value(), where + "passes for success.");
            if (!error) continue;
            checkError(where, *error);
            checkKind(where, *error, bad, false);
        }
    }

    /// A smoke test: it finds a member that is shared and written when run under a sanitizer.
    void checkThreads(const Platform& platform) {
        const std::string expected = platform.authorizationUrl(someRequest(platform));
        const auto exchange = exchangeStep(platform);
        const auto identify = identifyStep(platform);
        std::vector<std::thread> threads;
        std::vector<int> failures(4, 0);
        for (int& failed : failures) {
            threads.emplace_back([&] {
                for (int round = 0; round < 20; ++round) {
                    FakeHttpClient http;
                    for (const auto& reply : subject_.exchange_replies) http.answer(reply);
                    for (const auto& reply : subject_.identify_replies) http.answer(reply);
                    const bool same = platform.authorizationUrl(someRequest(platform)) == expected;
                    if (!same || exchange(http) || identify(http)) ++failed;
                }
            });
        }
        for (auto& thread : threads) thread.join();
        require(std::all_of(failures.begin(), failures.end(), [](int n) { return n == 0; }),
                "Calls from several threads at once give other results.");
    }

    const ConformanceSubject& subject_;
    std::vector<std::string> violations_;
};

}  // namespace

std::vector<std::string> checkConformance(const ConformanceSubject& subject) {
    return Check(subject).run();
}

}  // namespace postato::sdk::testing
