// LinkedIn: three-legged OAuth without PKCE, refresh tokens for approved apps only.

#include <nlohmann/json.hpp>

#include "platforms/authorization.hpp"
#include "platforms/makers.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

constexpr std::int64_t kCodeSeconds = 1800;
constexpr std::int64_t kAccessSeconds = 60 * 86400;
constexpr std::int64_t kRefreshSeconds = 365 * 86400;

Response oauthError(int status, std::string_view error, std::string_view description) {
    return Response::json(status, {{"error", error}, {"error_description", description}});
}

Response invalid(std::string_view description) {
    return oauthError(400, "invalid_request", description);
}

Response unauthenticated() {
    return oauthError(401, "invalid_client", "Client authentication failed");
}

Response apiError(int status, int service_code, std::string_view code, std::string_view message) {
    return Response::json(status, {{"status", status},
                                   {"serviceErrorCode", service_code},
                                   {"code", code},
                                   {"message", message}});
}

Response revokedToken() {
    return apiError(401, 65601, "REVOKED_ACCESS_TOKEN",
                    "The token used in the request has been revoked by the user");
}

std::string longToken(std::string_view prefix) { return std::string(prefix) + randomText(497); }

class Linkedin final : public Platform {
public:
    explicit Linkedin(World& world) : Platform(world, linkedinFacts()) {
        add("GET", "/oauth/v2/authorization", Endpoint::Authorize,
            [this](const Request& request) { return authorize(request); });
        add("POST", "/oauth/v2/accessToken", Endpoint::Token,
            [this](const Request& request) { return token(request); });
        add("POST", "/oauth/v2/revoke", Endpoint::Revoke,
            [this](const Request& request) { return revoke(request); });
        add("POST", "/oauth/v2/introspectToken", Endpoint::Identity,
            [this](const Request& request) { return introspect(request); });
        add("GET", "/v2/me", Endpoint::Identity,
            [this](const Request& request) { return me(request); });
        add("GET", "/v2/userinfo", Endpoint::Identity,
            [this](const Request& request) { return userinfo(request); });
    }

    std::int64_t codeLifetime() const override { return kCodeSeconds; }

    Response refusal(Refusal refusal, Endpoint endpoint) const override {
        const bool api = endpoint == Endpoint::Identity || endpoint == Endpoint::Publish;
        switch (refusal) {
            case Refusal::DeadGrant:
                return api ? revokedToken() : deadToken();
            case Refusal::InvalidClient:
                return unauthenticated();
            case Refusal::RateLimited:
                break;
        }
        return apiError(429, 101, "TOO_MANY_REQUESTS",
                        "Resource level throttle APPLICATION DAY limit for calls to this resource "
                        "is reached.");
    }

    Parameters denied(const Answer& answer,
                      const std::optional<std::string>& state) const override {
        const auto error = answer.error.empty() ? "user_cancelled_authorize" : answer.error;
        auto description = answer.error_description;
        if (description.empty()) {
            description = error == "user_cancelled_login" ? "The user cancelled LinkedIn login"
                                                          : "The user cancelled the authorization";
        }
        Parameters out{{"error", error}, {"error_description", description}};
        if (state) out.add("state", *state);
        return out;
    }

private:
    bool selfServe() const { return switches().text("appMode") == "selfServe"; }
    bool givesRefreshTokens() const { return !selfServe() && switches().on("refreshTokens"); }

    Response authorize(const Request& request) {
        AuthorizationRequest wanted;
        if (auto page = readAuthorization(request, {}, wanted)) return *page;
        wanted.scopes = split(request.query.get("scope"), " ");
        if (wanted.scopes.empty() || !unknownScopes(wanted.scopes).empty()) {
            return redirectError(wanted, "invalid_scope", "The requested scope is invalid");
        }
        if (selfServe() && contains(wanted.scopes, "r_basicprofile")) {
            // The quotes do arrive as character references.
            return redirectError(wanted, "unauthorized_scope_error",
                                 "Scope &quot;r_basicprofile&quot; is not authorized for your "
                                 "application");
        }
        wanted.may_skip_page = switches().on("silentReconsent");
        return beginAuthorization(world_, *this, wanted);
    }

    void beforeCode(Code& code, const AuthorizationRequest&, const Consent* earlier) override {
        const auto same = [&] {
            for (const auto& scope : code.scopes) {
                if (!contains(earlier->scopes, scope)) return false;
            }
            return code.scopes.size() == earlier->scopes.size();
        };
        if (earlier && switches().on("differentScopesRetire") && !same()) {
            world_.grants.endAll(facts().id, code.person_id, code.client_id, EndReason::Superseded,
                                 now());
        }
    }

    /// The secret stands in the body; Basic is not understood.
    std::optional<Response> refuseClient(const Request& request) const {
        if (const auto what = formProblem(request)) return invalid(*what);
        if (request.header("Authorization")) return unauthenticated();
        for (const auto* name : {"client_id", "client_secret"}) {
            if (!request.form.has(name)) {
                return invalid("A required parameter \"" + std::string(name) + "\" is missing");
            }
        }
        const auto* app = client(request.form.get("client_id"));
        if (!app || app->disabled || app->secret != request.form.get("client_secret")) {
            return unauthenticated();
        }
        return std::nullopt;
    }

    Response token(const Request& request) {
        if (auto refusal = refuseClient(request)) return *refusal;
        const auto grant_type = request.form.get("grant_type");
        if (grant_type == "authorization_code") return exchange(request.form);
        if (grant_type == "refresh_token") return refresh(request.form);
        return oauthError(400, "unsupported_grant_type", "The grant type is not supported");
    }

    Response exchange(const Parameters& form) {
        for (const auto* name : {"code", "redirect_uri"}) {
            if (!form.has(name)) {
                return invalid("A required parameter \"" + std::string(name) + "\" is missing");
            }
        }
        const auto checked =
            checkCode(form.get("code"), form.get("client_id"), form.get("redirect_uri"));
        if (const auto* why = std::get_if<CodeProblem>(&checked)) {
            if (*why == CodeProblem::Unknown || *why == CodeProblem::Used) {
                return oauthError(401, "invalid_request",
                                  "Unable to retrieve access token: authorization code not found");
            }
            return oauthError(400, switches().text("codeMismatchError"),
                              "Unable to retrieve access token: appid/redirect uri/code verifier "
                              "does not match authorization code. Or authorization code expired. "
                              "Or external member binding exists");
        }
        const auto& grant = redeem(*std::get<Code*>(checked));
        const Token* refresh_token = nullptr;
        if (givesRefreshTokens()) {
            refresh_token =
                &issueRefresh(grant, longToken("AQW"), refreshLifetime(kRefreshSeconds));
        }
        return answerTokens(grant, refresh_token);
    }

    Response refresh(const Parameters& form) {
        auto* presented =
            acceptRefresh(form.get("refresh_token"), form.get("client_id"), TokenKind::Refresh);
        if (!presented) return deadToken();
        auto& grant = world_.grants.at(presented->grant);
        ++grant.generation;
        if (switches().text("rotation") == "same") return answerTokens(grant, presented);
        if (presented->state == TokenState::Live) world_.grants.spend(*presented, now());
        ++grant.rotations;
        // A year from the first consent, whatever the number of refreshes.
        auto& next = issueRefresh(grant, longToken("AQW"), 0);
        next.expires_at = presented->expires_at;
        return answerTokens(grant, &next);
    }

    Response answerTokens(const Grant& grant, const Token* refresh_token) {
        const auto lifetime = accessLifetime(kAccessSeconds);
        auto& access = issueAccess(grant, longToken("AQX"), lifetime);
        access.flakes_left = static_cast<int>(switches().number("identityFlakes"));
        const bool comma = switches().text("scopeSeparator") == "comma";
        Json body = {{"access_token", access.value},
                     {"expires_in", lifetime},
                     {"scope", join(grant.scopes, comma ? "," : " ")},
                     {"token_type", "Bearer"}};
        if (refresh_token) {
            body["refresh_token"] = refresh_token->value;
            body["refresh_token_expires_in"] = secondsUntil(*refresh_token->expires_at, now());
        }
        if (contains(grant.scopes, "openid")) body["id_token"] = idToken(grant);
        return Response::json(200, shaped(std::move(body)));
    }

    /// Looks like the real one; the signature is noise, as nobody has this sandbox's key.
    std::string idToken(const Grant& grant) const {
        const Json head = {{"alg", "RS256"}, {"typ", "JWT"}, {"kid", "sandbox"}};
        const Json claims = {{"iss", "https://www.linkedin.com/oauth"},
                             {"aud", grant.client_id},
                             {"sub", appScopedId(grant, 10)},
                             {"iat", now() / 1000},
                             {"exp", now() / 1000 + 3600}};
        return base64UrlEncode(dump(head)) + '.' + base64UrlEncode(dump(claims)) + '.' +
               randomText(86);
    }

    Response revoke(const Request& request) {
        if (!switches().on("revokeEndpoint")) return apiError(404, 0, "NOT_FOUND", "Not found");
        if (auto refusal = refuseClient(request)) return *refusal;
        auto* token = world_.grants.find(facts().id, request.form.get("token"));
        if (token && world_.grants.at(token->grant).client_id == request.form.get("client_id")) {
            if (switches().text("revokeReach") == "grant") {
                world_.grants.end(world_.grants.at(token->grant), EndReason::RevokedByApp, now());
            } else {
                world_.grants.revoke(*token, now());
            }
        }
        return Response::empty(200);
    }

    Response introspect(const Request& request) {
        if (auto refusal = refuseClient(request)) return *refusal;
        const auto* token = world_.grants.find(facts().id, request.form.get("token"));
        if (!token || world_.grants.at(token->grant).client_id != request.form.get("client_id")) {
            return Response::json(200, {{"active", false}});
        }
        const auto& grant = world_.grants.at(token->grant);
        const bool live = token->usable(now()) && !standing(grant);
        const auto* status = live ? "active" : token->expired(now()) ? "expired" : "revoked";
        Json body = {{"active", live},
                     {"status", status},
                     {"client_id", grant.client_id},
                     {"authorized_at", grant.opened_at / 1000},
                     {"created_at", token->issued_at / 1000}};
        if (token->expires_at) body["expires_at"] = *token->expires_at / 1000;
        body["scope"] = join(grant.scopes, ",");
        body["auth_type"] = "3L";
        return Response::json(200, dressed(std::move(body)));
    }

    /// The person behind the token if all `scopes` were granted, else the error.
    std::variant<Access, Response> access(const Request& request,
                                          const std::vector<std::string>& scopes,
                                          const std::string& resource) {
        const auto checked = checkAccess(request.bearer());
        if (const auto* failure = std::get_if<AccessFailure>(&checked)) {
            switch (failure->problem) {
                case AccessProblem::Expired:
                    return apiError(401, 65602, "EXPIRED_ACCESS_TOKEN",
                                    "The token used in the request has expired");
                case AccessProblem::Missing:
                case AccessProblem::Unknown:
                    return apiError(401, 65600, "INVALID_ACCESS_TOKEN", "Invalid access token");
                default:
                    return revokedToken();
            }
        }
        const auto& found = std::get<Access>(checked);
        if (found.token.flakes_left > 0) {
            --found.token.flakes_left;
            return revokedToken();
        }
        for (const auto& scope : scopes) {
            if (!contains(found.grant.scopes, scope)) {
                return apiError(403, 100, "ACCESS_DENIED",
                                "Not enough permissions to access: " + resource);
            }
        }
        return found;
    }

    Response me(const Request& request) {
        const auto checked = access(request, {"r_basicprofile"}, "me.GET.NO_VERSION");
        if (const auto* error = std::get_if<Response>(&checked)) return *error;
        const auto& [token, grant, person] = std::get<Access>(checked);
        const auto names = split(person.name, " ");
        Json body = {{"id", appScopedId(grant, 10)},
                     {"localizedFirstName", names.front()},
                     {"localizedLastName", names.back()},
                     {"localizedHeadline", "Pretending for a living"},
                     {"vanityName", person.handle}};
        Json picture = {{"displayImage", "urn:li:digitalmediaAsset:sandbox-" + person.id}};
        if (request.query.get("projection").find("displayImage~") != std::string::npos) {
            picture["displayImage~"] = {
                {"elements", Json::array({image(person, 100), image(person, 400)})}};
        }
        body["profilePicture"] = picture;
        return Response::json(200, dressed(std::move(body)));
    }

    static Json image(const Person& person, int width) {
        const auto url = "https://images.sandbox.invalid/linkedin/" + person.id + "-" +
                         std::to_string(width) + ".jpg";
        const Json size = {{"width", width}, {"height", width}};
        return {{"data",
                 {{"com.linkedin.digitalmedia.mediaartifact.StillImage", {{"storageSize", size}}}}},
                {"identifiers", Json::array({{{"identifier", url}}})}};
    }

    Response userinfo(const Request& request) {
        const auto checked = access(request, {"openid", "profile"}, "userinfo.GET.NO_VERSION");
        if (const auto* error = std::get_if<Response>(&checked)) return *error;
        const auto& [token, grant, person] = std::get<Access>(checked);
        const auto names = split(person.name, " ");
        return Response::json(200, dressed({{"sub", appScopedId(grant, 10)},
                                            {"name", person.name},
                                            {"given_name", names.front()},
                                            {"family_name", names.back()},
                                            {"picture", "https://images.sandbox.invalid/linkedin/" +
                                                            person.id + "-100.jpg"},
                                            {"locale", "en-US"}}));
    }

    Response deadToken() const {
        if (switches().text("deadTokenError") == "invalid_grant") {
            return oauthError(400, "invalid_grant", "Token has been expired or revoked.");
        }
        return invalid(
            "The provided authorization grant or refresh token is invalid, expired or revoked");
    }
};

}  // namespace

PlatformFacts linkedinFacts() {
    return {
        .id = "linkedin",
        .name = "LinkedIn",
        .colour = "#0a5c9e",
        .scopes = {{"w_member_social", "Create, change and delete posts for you"},
                   {"r_basicprofile", "See your name, photo, headline and public profile address"},
                   {"openid", "Know that it is you"},
                   {"profile", "See your name and photo"},
                   {"email", "See your primary e-mail address"}},
        .redirect_policy = {.ignores_query = true},
        .switches = {
            {"appMode",
             std::string("approved"),
             "approved: r_basicprofile and refresh tokens. selfServe: neither.",
             {"approved", "selfServe"}},
            {"refreshTokens", true, "An approved app is enabled for programmatic refresh."},
            {"silentReconsent", false,
             "Whoever answered last and has allowed the same scopes before is sent back at once, "
             "without a page."},
            {"differentScopesRetire", true,
             "Consent to another set of scopes ends the person's earlier grants to the app."},
            {"rotation",
             std::string("same"),
             "What a refresh answers with: same, the refresh token sent; strict, a new one, the "
             "old one dead at once; grace, a new one, the old one good for graceSeconds.",
             {"same", "strict", "grace"}},
            {"graceSeconds", std::int64_t{60}, "The overlap of rotation = grace."},
            {"reuseKillsGrant", false, "Using a spent refresh token ends the whole grant."},
            {"deadTokenError",
             std::string("invalid_request"),
             "The error for a refresh token that does not work, with its own description.",
             {"invalid_request", "invalid_grant"}},
            {"codeMismatchError",
             std::string("invalid_redirect_uri"),
             "The error for an expired code or one of another redirect URI.",
             {"invalid_redirect_uri", "invalid_request"}},
            {"scopeSeparator",
             std::string("comma"),
             "What stands between the scopes of a token answer.",
             {"comma", "space"}},
            {"identityFlakes", std::int64_t{0},
             "So many calls with a fresh access token are refused with 65601."},
            {"revokeEndpoint", true, "The undocumented /oauth/v2/revoke exists."},
            {"revokeReach",
             std::string("grant"),
             "What a revocation ends: that token only, or all of its grant.",
             {"token", "grant"}},
        }};
}

std::unique_ptr<Platform> makeLinkedin(World& world) { return std::make_unique<Linkedin>(world); }

}  // namespace postato::sandbox
