// X: OAuth 2.0 with compulsory PKCE, refresh tokens that work once.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "pages/pages.hpp"
#include "platforms/authorization.hpp"
#include "platforms/makers.hpp"
#include "platforms/redirect.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

constexpr std::int64_t kCodeSeconds = 30;
constexpr std::int64_t kAccessSeconds = 7200;
constexpr std::int64_t kRefreshSeconds = 180 * 86400;
constexpr Millis kRateWindow = 15 * 60 * 1000;

Response oauthError(int status, std::string_view error, std::string_view description) {
    return Response::json(status, {{"error", error}, {"error_description", description}});
}

Response problem(int status, std::string_view title, std::string_view detail) {
    auto response = Response::json(
        status,
        {{"title", title}, {"type", "about:blank"}, {"status", status}, {"detail", detail}});
    response.headers.front().second = "application/problem+json";
    return response;
}

Response badHeader() {
    return oauthError(401, "unauthorized_client", "Missing valid authorization header");
}

class Twitter final : public Platform {
public:
    explicit Twitter(World& world) : Platform(world, twitterFacts()) {
        add("GET", "/i/oauth2/authorize", Endpoint::Authorize,
            [this](const Request& request) { return authorize(request); });
        add("POST", "/2/oauth2/token", Endpoint::Token,
            [this](const Request& request) { return token(request); });
        add("POST", "/2/oauth2/revoke", Endpoint::Revoke,
            [this](const Request& request) { return revoke(request); });
        add("GET", "/2/users/me", Endpoint::Identity,
            [this](const Request& request) { return identity(request); });
    }

    std::int64_t codeLifetime() const override { return kCodeSeconds; }

    Response refusal(Refusal refusal, Endpoint endpoint) const override {
        const bool api = endpoint == Endpoint::Identity || endpoint == Endpoint::Publish;
        switch (refusal) {
            case Refusal::DeadGrant:
                return api ? problem(401, "Unauthorized", "Unauthorized") : deadToken();
            case Refusal::InvalidClient:
                return api ? problem(403, "Client Forbidden", "This app has been suspended.")
                           : oauthError(401, "invalid_client", "Unknown client id.");
            case Refusal::RateLimited:
                break;
        }
        return tooMany(now() + kRateWindow);
    }

private:
    Response authorize(const Request& request) {
        AuthorizationRequest wanted;
        if (auto page = readAuthorization(request, {}, wanted)) return *page;
        const auto refuse = [this](std::string_view detail) {
            return Response::html(400, errorPage(facts(), "Something went wrong", detail));
        };
        const auto method = lowerCase(wanted.challenge_method);
        if (wanted.challenge.empty()) return refuse("code_challenge is missing.");
        if (!method.empty() && method != "s256" && method != "plain") {
            return refuse("code_challenge_method must be S256 or plain.");
        }
        if (wanted.state && wanted.state->size() > 500) {
            return refuse("state must not be longer than 500 characters.");
        }
        wanted.scopes = split(request.query.get("scope"), " ");
        if (wanted.scopes.empty() || !unknownScopes(wanted.scopes).empty()) {
            return refuse("scope must name scopes of this platform.");
        }
        return beginAuthorization(world_, *this, wanted);
    }

    void beforeCode(Code& code, const AuthorizationRequest&, const Consent*) override {
        if (switches().on("secondConsentKillsFirst")) {
            world_.grants.endAll(facts().id, code.person_id, code.client_id, EndReason::Superseded,
                                 now());
        }
    }

    Response token(const Request& request) {
        if (const auto what = formProblem(request)) return invalid(*what);
        if (auto refusal = refuseClient(request, switches().on("requireClientIdInBody"))) {
            return *refusal;
        }
        const auto grant_type = request.form.get("grant_type");
        if (grant_type == "authorization_code") return exchange(request);
        if (grant_type == "refresh_token") return refresh(request);
        return invalid(
            "Value passed for the grant type was invalid. Grant type should be one of "
            "[authorization_code, refresh_token].");
    }

    static std::string clientId(const Request& request) {
        const auto basic = request.basic();
        return basic ? basic->first : request.form.get("client_id");
    }

    /// Confidential apps use Basic, public ones only name themselves.
    std::optional<Response> refuseClient(const Request& request, bool id_in_body) const {
        const auto basic = request.basic();
        const auto id = clientId(request);
        const auto* app = client(id);
        if (!basic && request.header("Authorization")) return badHeader();
        if (!basic && !request.form.has("client_id")) return badHeader();
        if (!app) return oauthError(401, "invalid_client", "Unknown client id.");
        if (app->disabled || app->is_public == basic.has_value()) return badHeader();
        if (basic && basic->second != app->secret) return badHeader();
        const auto in_body = request.form.find("client_id");
        if (!in_body && id_in_body) return invalid("Missing required parameter [client_id].");
        if (in_body && *in_body != id) {
            return invalid("Value passed for the client id was invalid.");
        }
        return std::nullopt;
    }

    Response exchange(const Request& request) {
        const auto& form = request.form;
        const auto checked =
            checkCode(form.get("code"), clientId(request), form.get("redirect_uri"));
        if (const auto* why = std::get_if<CodeProblem>(&checked)) {
            return invalid(*why == CodeProblem::OtherRedirect
                               ? "Value passed for the redirect uri did not match the uri of the "
                                 "authorization code."
                               : "Value passed for the authorization code was invalid.");
        }
        auto& code = *std::get<Code*>(checked);
        if (!verifierMatches(code.challenge, code.challenge_method, form.get("code_verifier"))) {
            return invalid("Value passed for the code verifier did not match the code challenge.");
        }
        return answerTokens(redeem(code));
    }

    Response refresh(const Request& request) {
        auto* presented =
            acceptRefresh(request.form.get("refresh_token"), clientId(request), TokenKind::Refresh);
        if (!presented) return deadToken();
        auto& grant = world_.grants.at(presented->grant);
        if (presented->state == TokenState::Live) world_.grants.spend(*presented, now());
        ++grant.generation;
        ++grant.rotations;
        return answerTokens(grant);
    }

    Response answerTokens(const Grant& grant) {
        const auto lifetime = accessLifetime(kAccessSeconds);
        const auto& access = issueAccess(grant, randomText(80), lifetime);
        if (switches().on("refreshKillsOldAccess")) world_.grants.revokeOthers(access, now());
        // The real platform lists the scopes in an order of its own.
        auto scopes = grant.scopes;
        std::reverse(scopes.begin(), scopes.end());
        Json body = {{"token_type", "bearer"},
                     {"expires_in", lifetime},
                     {"access_token", access.value},
                     {"scope", join(scopes, " ")}};
        if (contains(grant.scopes, "offline.access")) {
            body["refresh_token"] =
                issueRefresh(grant, randomText(80), refreshLifetime(kRefreshSeconds)).value;
        }
        return Response::json(200, shaped(std::move(body)));
    }

    Response revoke(const Request& request) {
        if (const auto what = formProblem(request)) return invalid(*what);
        if (auto refusal = refuseClient(request, false)) return *refusal;
        auto* token = world_.grants.find(facts().id, request.form.get("token"));
        const bool ours = token && world_.grants.at(token->grant).client_id == clientId(request);
        if (!ours && !switches().on("revokeUnknownSucceeds")) {
            return invalid("Value passed for the token was invalid.");
        }
        if (ours && switches().text("revokeReach") == "grant") {
            world_.grants.end(world_.grants.at(token->grant), EndReason::RevokedByApp, now());
        } else if (ours && token->state == TokenState::Live) {
            world_.grants.revoke(*token, now());
        }
        return Response::json(200, {{"revoked", true}});
    }

    Response identity(const Request& request) {
        const auto checked = checkAccess(request.bearer());
        if (const auto* failure = std::get_if<AccessFailure>(&checked)) {
            if (failure->problem == AccessProblem::AppDisabled) {
                return refusal(Refusal::InvalidClient, Endpoint::Identity);
            }
            if (failure->problem == AccessProblem::Suspended) {
                return problem(403, "Forbidden", "Your account is suspended.");
            }
            return problem(401, "Unauthorized", "Unauthorized");
        }
        const auto& [token, grant, person] = std::get<Access>(checked);
        if (!contains(grant.scopes, "users.read") || !contains(grant.scopes, "tweet.read")) {
            return problem(403, "Forbidden", "Your client lacks users.read or tweet.read.");
        }
        return limited(person, profile(request, person));
    }

    Response profile(const Request& request, const Person& person) const {
        const Json everything = {
            {"id", person.user_id},
            {"name", person.name},
            {"username", person.handle},
            {"verified", false},
            {"profile_image_url", "https://images.sandbox.invalid/x/" + person.id + "_normal.jpg"}};
        Json data = {{"id", person.user_id}, {"name", person.name}, {"username", person.handle}};
        for (const auto& field : split(request.query.get("user.fields"), ",")) {
            if (!everything.contains(field)) {
                return problem(400, "Invalid Request",
                               "The user.fields query parameter value [" + field +
                                   "] is not one of the known fields.");
            }
            data[field] = everything[field];
        }
        return Response::json(200, dressed({{"data", data}}));
    }

    /// Counts the call against the person's window and adds the headers.
    Response limited(const Person& person, Response answer) {
        auto& calls = state().recent_calls[person.id];
        std::erase_if(calls, [this](Millis at) { return at + kRateWindow <= now(); });
        const auto limit = static_cast<std::size_t>(switches().number("identityLimit"));
        if (calls.size() >= limit) {
            return tooMany((calls.empty() ? now() : calls.front()) + kRateWindow);
        }
        calls.push_back(now());
        return withLimits(std::move(answer), limit - calls.size(), calls.front() + kRateWindow);
    }

    Response withLimits(Response answer, std::size_t remaining, Millis reset) const {
        return std::move(answer)
            .with("x-rate-limit-limit", std::to_string(switches().number("identityLimit")))
            .with("x-rate-limit-remaining", std::to_string(remaining))
            .with("x-rate-limit-reset", std::to_string(reset / 1000));
    }

    Response tooMany(Millis reset) const {
        return withLimits(problem(429, "Too Many Requests", "Too Many Requests"), 0, reset);
    }

    static Response invalid(std::string_view description) {
        return oauthError(400, "invalid_request", description);
    }

    Response deadToken() const {
        return oauthError(400, switches().text("deadTokenError"),
                          "Value passed for the token was invalid.");
    }
};

}  // namespace

PlatformFacts twitterFacts() {
    return {.id = "twitter",
            .name = "X",
            .colour = "#14171a",
            .scopes = {{"tweet.read", "See posts you can see"},
                       {"tweet.write", "Post for you"},
                       {"users.read", "See your profile and profiles you can see"},
                       {"offline.access", "Stay connected until you withdraw access"},
                       {"media.write", "Upload media for you"},
                       {"users.email", "See your e-mail address"},
                       {"tweet.moderate.write", "Hide replies to your posts"},
                       {"follows.read", "See whom you follow"},
                       {"follows.write", "Follow people for you"},
                       {"like.read", "See what you like"},
                       {"like.write", "Like posts for you"},
                       {"dm.read", "See your messages"},
                       {"dm.write", "Send messages for you"}},
            .switches = {
                {"rotation",
                 std::string("strict"),
                 "strict: a refresh token works once. grace: it goes on working for graceSeconds.",
                 {"strict", "grace"}},
                {"graceSeconds", std::int64_t{60}, "The overlap of rotation = grace."},
                {"reuseKillsGrant", false, "Using a spent refresh token ends the whole grant."},
                {"deadTokenError",
                 std::string("invalid_request"),
                 "The error value for a refresh token that does not work.",
                 {"invalid_request", "invalid_grant"}},
                {"refreshKillsOldAccess", false, "A refresh ends the access token before it."},
                {"secondConsentKillsFirst", false,
                 "A new consent ends the person's earlier grants to the same app."},
                {"requireClientIdInBody", true,
                 "Basic alone is answered with 400, client_id must stand in the body too."},
                {"revokeReach",
                 std::string("token"),
                 "What a revocation ends: that token only, or the pair.",
                 {"token", "grant"}},
                {"revokeUnknownSucceeds", true, "Revoking an unknown token answers 200."},
                {"identityLimit", std::int64_t{75},
                 "Calls of /2/users/me for each person in 15 minutes."},
            }};
}

std::unique_ptr<Platform> makeTwitter(World& world) { return std::make_unique<Twitter>(world); }

}  // namespace postato::sandbox
