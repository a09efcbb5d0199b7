// Every step of a plugin, under good and bad answers.

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <thread>

#include "bad_answers.hpp"
#include "checks.hpp"
#include "postato/sdk/testing/fake_http_client.hpp"

namespace postato::sdk::testing {
namespace {

constexpr std::chrono::hours kTenYears{24 * 3650};

class StepChecks {
public:
    StepChecks(const ConformanceSubject& subject, const Platform& platform, Violations& violations)
        : subject_(subject), platform_(platform), violations_(violations) {}

    void run() {
        checkGoodReplies();
        checkBadReplies();
        checkRevocation();
        checkThreads();
    }

private:
    /// Any step, reduced to what the suite looks at.
    using Step = std::function<std::optional<PlatformError>(HttpClient&)>;

    static Credentials someCredentials() {
        Credentials credentials;
        credentials.access_token = Secret(kCanary + "-access");
        credentials.refresh_token = Secret(kCanary + "-refresh");
        credentials.token_type = "Bearer";
        return credentials;
    }
    /// Credentials as the platform would have them at refresh: with or without a refresh token.
    Credentials refreshable() const {
        Credentials credentials = someCredentials();
        FakeHttpClient http;
        for (const auto& reply : subject_.exchange_replies) http.answer(reply);
        const auto exchanged = platform_.exchangeCode(http, someExchange());
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
        exchange.redirect_uri = "https://postato.example/connect/x/callback";
        return exchange;
    }
    Step exchangeStep() const {
        return [this](HttpClient& http) -> std::optional<PlatformError> {
            const auto result = platform_.exchangeCode(http, someExchange());
            return result ? std::nullopt : std::optional(result.error());
        };
    }
    Step refreshStep() const {
        const Credentials credentials = refreshable();
        return [this, credentials](HttpClient& http) -> std::optional<PlatformError> {
            const auto result = platform_.refresh(http, credentials);
            return result ? std::nullopt : std::optional(result.error());
        };
    }
    Step identifyStep() const {
        return [this](HttpClient& http) -> std::optional<PlatformError> {
            const auto result = platform_.identify(http, someCredentials());
            return result ? std::nullopt : std::optional(result.error());
        };
    }
    Step revokeStep() const {
        const Credentials credentials = refreshable();
        return [this, credentials](HttpClient& http) -> std::optional<PlatformError> {
            const auto result = platform_.revoke(http, credentials);
            return result ? std::nullopt : std::optional(result.error());
        };
    }

    void checkGoodReplies() {
        FakeHttpClient http;
        for (const auto& reply : subject_.exchange_replies) http.answer(reply);
        const auto exchanged = platform_.exchangeCode(http, someExchange());
        violations_.require(exchanged.ok(), "The recorded exchange does not work.");
        if (exchanged) {
            violations_.require(!exchanged.value().access_token.empty(),
                                "The exchange gives no access token.");
            checkLifetimes("The exchange", exchanged.value());
        }
        violations_.require(http.requests().size() == subject_.exchange_replies.size(),
                            "The exchange makes another number of calls than recorded.");

        const Credentials old = refreshable();
        const auto refreshWith = [&](const std::vector<HttpResponse>& replies) {
            FakeHttpClient client;
            for (const auto& reply : replies) client.answer(reply);
            return platform_.refresh(client, old);
        };
        const auto refreshed = refreshWith(subject_.refresh_replies);
        violations_.require(refreshed.ok(), "The recorded refresh does not work.");
        if (refreshed) {
            violations_.require(refreshed.value().refreshable(),
                                "Refreshed credentials cannot be refreshed.");
            violations_.require(
                refreshed.value().access_token.reveal() != old.access_token.reveal(),
                "A refresh gives the old access token.");
            checkLifetimes("A refresh", refreshed.value());
        }
        if (!subject_.refresh_replies_without_refresh_token.empty()) {
            const auto kept = refreshWith(subject_.refresh_replies_without_refresh_token);
            violations_.require(
                kept && kept.value().refresh_token.reveal() == old.refresh_token.reveal(),
                "A refresh whose answer has no refresh token loses the old one.");
        }
        checkIdentities();
    }

    /// What is stated; the host takes anything else for not stated.
    void checkLifetimes(const std::string& step, const Credentials& credentials) {
        for (const auto& lifetime : {credentials.expires_in, credentials.refresh_token_expires_in,
                                     credentials.earliest_refresh_after})
            violations_.require(!lifetime || (lifetime->count() > 0 && *lifetime <= kTenYears),
                                step + " states a time that is not above zero, or over ten years.");
    }

    void checkIdentities() {
        FakeHttpClient http;
        for (const auto& reply : subject_.identify_replies) http.answer(reply);
        const auto identities = platform_.identify(http, someCredentials());
        violations_.require(identities && !identities.value().empty(),
                            "The recorded identity is not read.");
        if (!identities) return;
        std::set<std::string> ids;
        for (const auto& identity : identities.value()) {
            violations_.require(!identity.id.empty() && ids.insert(identity.id).second,
                                "An identity has no id, or the id of another one.");
            violations_.require(!identity.kind.empty(), "An identity has no kind.");
        }
    }

    /// Each bad answer in place of each recorded one, and of all that would follow.
    void checkBadReplies() {
        breakEach("exchange", exchangeStep(), subject_.exchange_replies, true);
        breakEach("refresh", refreshStep(), subject_.refresh_replies, true);
        breakEach("identify", identifyStep(), subject_.identify_replies, false);
    }

    void breakEach(const std::string& step, const Step& run,
                   const std::vector<HttpResponse>& replies, bool changes_state) {
        for (std::size_t broken = 0; broken < replies.size(); ++broken) {
            for (const auto& bad : badAnswers()) {
                FakeHttpClient http;
                for (std::size_t i = 0; i < broken; ++i) http.answer(replies[i]);
                http.answer(bad.answer).repeatLast();
                const auto where =
                    step + ", call " + std::to_string(broken + 1) + ", " + bad.what + ": ";
                const auto error = run(http);
                violations_.require(error.has_value(), where + "passes for success.");
                if (!error) continue;
                checkError(where, *error);
                const bool strict =
                    changes_state && platform_.traits().rotation == Rotation::Strict;
                checkKind(where, *error, bad, strict);
            }
        }
    }

    void checkError(const std::string& where, const PlatformError& error) {
        violations_.require(error.kind != ErrorKind::InvalidGrant,
                            where + "is taken for a dead grant.");
        violations_.require(!error.message.empty(), where + "has no message.");
        violations_.require(error.code == safeCode(error.code), where + "has an unsafe code.");
        violations_.require(!contains(error.message, kCanary) && !contains(error.code, kCanary),
                            where + "repeats a secret.");
    }

    void checkKind(const std::string& where, const PlatformError& error, const BadAnswer& bad,
                   bool rotates) {
        using Class = BadAnswer::Class;
        const ErrorKind kind = error.kind;
        if (bad.kind == Class::Outage)
            violations_.require(kind == ErrorKind::Transient, where + "is not Transient.");
        if (bad.kind == Class::RateLimit) {
            violations_.require(kind == ErrorKind::RateLimited, where + "is not RateLimited.");
            violations_.require(error.retry_after == std::chrono::seconds(7),
                                where + "forgets Retry-After.");
        }
        // A platform that rotates may have spent the old token; only Ambiguous says so.
        if (bad.kind == Class::LostAnswer && rotates)
            violations_.require(kind == ErrorKind::Ambiguous, where + "is not Ambiguous.");
        if (bad.kind == Class::Transport && rotates)
            violations_.require(kind == bad.answer.error().kind,
                                where + "changes the transport's error.");
    }

    void checkRevocation() {
        const Step run = revokeStep();
        if (subject_.revoke_replies.empty()) {
            FakeHttpClient http;
            const auto error = run(http);
            violations_.require(
                error && error->kind == ErrorKind::Unsupported && http.requests().empty(),
                "revoke without recorded replies is not Unsupported.");
            return;
        }
        FakeHttpClient http;
        for (const auto& reply : subject_.revoke_replies) http.answer(reply);
        violations_.require(!run(http), "The recorded revocation does not work.");
        violations_.require(platform_.traits().revocation_reach != RevocationReach::Unsupported,
                            "revoke works, but traits().revocation_reach says Unsupported.");
        for (const auto& bad : badAnswers()) {
            using Class = BadAnswer::Class;
            if (bad.kind == Class::LostAnswer || bad.kind == Class::Nonsense) continue;
            FakeHttpClient broken;
            broken.answer(bad.answer).repeatLast();
            const std::string where = "revoke, " + bad.what + ": ";
            const auto error = run(broken);
            violations_.require(error.has_value(), where + "passes for success.");
            if (!error) continue;
            checkError(where, *error);
            checkKind(where, *error, bad, false);
        }
    }

    /// A smoke test: it finds a member that is shared and written when run under a sanitizer.
    void checkThreads() {
        const std::string expected = platform_.authorizationUrl(someRequest(platform_));
        const auto exchange = exchangeStep();
        const auto identify = identifyStep();
        std::vector<std::thread> threads;
        std::vector<int> failures(4, 0);
        for (int& failed : failures) {
            threads.emplace_back([&] {
                for (int round = 0; round < 20; ++round) {
                    FakeHttpClient http;
                    for (const auto& reply : subject_.exchange_replies) http.answer(reply);
                    for (const auto& reply : subject_.identify_replies) http.answer(reply);
                    const bool same =
                        platform_.authorizationUrl(someRequest(platform_)) == expected;
                    if (!same || exchange(http) || identify(http)) ++failed;
                }
            });
        }
        for (auto& thread : threads) thread.join();
        violations_.require(
            std::all_of(failures.begin(), failures.end(), [](int n) { return n == 0; }),
            "Calls from several threads at once give other results.");
    }

    const ConformanceSubject& subject_;
    const Platform& platform_;
    Violations& violations_;
};

}  // namespace

void checkSteps(const ConformanceSubject& subject, const Platform& platform,
                Violations& violations) {
    StepChecks(subject, platform, violations).run();
}

}  // namespace postato::sdk::testing
