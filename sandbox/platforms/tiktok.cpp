// TikTok: `client_key`, comma scopes, errors in bodies with status 200, trailing slashes.

#include <array>
#include <nlohmann/json.hpp>

#include "pages/pages.hpp"
#include "platforms/authorization.hpp"
#include "platforms/makers.hpp"
#include "platforms/redirect.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

constexpr std::int64_t kCodeSeconds = 600;

std::string logId() { return "20261124" + randomText(26); }

Response apiError(int status, std::string_view code, std::string_view message) {
    const Json error = {{"code", code}, {"message", message}, {"log_id", logId()}};
    return Response::json(status, {{"data", Json::object()}, {"error", error}});
}

/// Fields of /v2/user/info/ and the scope each needs.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kFieldScopes{{
    {"open_id", "user.info.basic"},
    {"union_id", "user.info.basic"},
    {"avatar_url", "user.info.basic"},
    {"avatar_url_100", "user.info.basic"},
    {"avatar_large_url", "user.info.basic"},
    {"display_name", "user.info.basic"},
    {"username", "user.info.profile"},
    {"bio_description", "user.info.profile"},
    {"profile_deep_link", "user.info.profile"},
    {"is_verified", "user.info.profile"},
    {"follower_count", "user.info.stats"},
    {"following_count", "user.info.stats"},
    {"likes_count", "user.info.stats"},
    {"video_count", "user.info.stats"},
}};

class Tiktok final : public Platform {
public:
    explicit Tiktok(World& world) : Platform(world, tiktokFacts()) {
        add("GET", "/v2/auth/authorize/", Endpoint::Authorize,
            [this](const Request& request) { return authorize(request); });
        add("POST", "/v2/oauth/token/", Endpoint::Token,
            [this](const Request& request) { return token(request); });
        add("POST", "/v2/oauth/revoke/", Endpoint::Revoke,
            [this](const Request& request) { return revoke(request); });
        add("GET", "/v2/user/info/", Endpoint::Identity,
            [this](const Request& request) { return identity(request); });
    }

    std::int64_t codeLifetime() const override { return kCodeSeconds; }
    /// Real codes carry characters that a second decoding or a missing encoding would spoil.
    std::string newCode() const override { return randomText(40) + "*" + randomText(5) + "!4"; }

    Response refusal(Refusal refusal, Endpoint endpoint) const override {
        const bool api = endpoint == Endpoint::Identity || endpoint == Endpoint::Publish;
        switch (refusal) {
            case Refusal::DeadGrant:
                return api ? apiError(401, "access_token_invalid", "The access token is invalid.")
                           : deadToken();
            case Refusal::InvalidClient:
                return api ? apiError(401, "access_token_invalid", "The app is not available.")
                           : invalidClient();
            case Refusal::RateLimited:
                break;
        }
        return api ? apiError(429, "rate_limit_exceeded", "The API rate limit was exceeded.")
                   : flatError(429, "temporarily_unavailable", "Too many requests.");
    }

    Parameters approved(const Code& code, const std::optional<std::string>& state) const override {
        Parameters out{{"code", code.value}, {"scopes", join(code.scopes, ",")}};
        if (state) out.add("state", *state);
        return out;
    }

    Parameters denied(const Answer& answer,
                      const std::optional<std::string>& state) const override {
        Answer told = answer;
        if (told.error_description.empty()) told.error_description = "User denied the request";
        return Platform::denied(told, state);
    }

private:
    Response unknownClientPage() const override {
        return Response::html(400, errorPage(facts(), "Something went wrong",
                                             "client_key: no app with this key is registered."));
    }

    Response authorize(const Request& request) {
        AuthorizationRequest wanted;
        const AuthorizationStyle style{.client_parameter = "client_key"};
        if (auto page = readAuthorization(request, style, wanted)) return *page;
        wanted.scopes = split(request.query.get("scope"), ",");
        if (wanted.scopes.empty() || !unknownScopes(wanted.scopes).empty()) {
            return redirectError(wanted, "invalid_scope", "The requested scope is invalid.");
        }
        if (switches().on("desktopMode") &&
            (wanted.challenge.empty() || wanted.challenge_method != "S256")) {
            return redirectError(wanted, "invalid_request",
                                 "Code verifier or code challenge is invalid.");
        }
        const auto auto_auth = request.query.get("disable_auto_auth");
        wanted.force_chooser = auto_auth == "1";
        wanted.may_skip_page = switches().on("signedIn") && auto_auth == "0";
        return beginAuthorization(world_, *this, wanted);
    }

    std::optional<Response> refuseClient(const Request& request) const {
        if (const auto what = formProblem(request)) {
            return oauthError("invalid_request", *what);
        }
        const auto* app = client(request.form.get("client_key"));
        if (!app || app->disabled || app->secret != request.form.get("client_secret")) {
            return invalidClient();
        }
        return std::nullopt;
    }

    Response token(const Request& request) {
        if (auto refusal = refuseClient(request)) return *refusal;
        const auto grant_type = request.form.get("grant_type");
        if (grant_type == "authorization_code") return exchange(request.form);
        if (grant_type == "refresh_token") return refresh(request.form);
        return oauthError("unsupported_grant_type", "The grant type is not supported.");
    }

    Response exchange(const Parameters& form) {
        const auto checked =
            checkCode(form.get("code"), form.get("client_key"), form.get("redirect_uri"));
        if (const auto* why = std::get_if<CodeProblem>(&checked)) {
            if (*why == CodeProblem::OtherRedirect) {
                return oauthError("invalid_request",
                                  "Redirect_uri is not matched with the uri when requesting code.");
            }
            return oauthError("invalid_grant", *why == CodeProblem::Expired
                                                   ? "Authorization code is expired."
                                                   : "Authorization code is invalid.");
        }
        auto& code = *std::get<Code*>(checked);
        // Web apps have no PKCE: whatever they send is ignored.
        if (switches().on("desktopMode") &&
            !hexVerifierMatches(code.challenge, form.get("code_verifier"))) {
            return oauthError("invalid_request", "Code verifier or code challenge is invalid.");
        }
        const auto& grant = redeem(code);
        return answerTokens(grant, newRefreshToken(grant));
    }

    Response refresh(const Parameters& form) {
        auto* presented =
            acceptRefresh(form.get("refresh_token"), form.get("client_key"), TokenKind::Refresh);
        if (!presented || switches().on("refreshRefused")) return deadToken();
        auto& grant = world_.grants.at(presented->grant);
        ++grant.generation;
        if (switches().text("rotation") == "same") return answerTokens(grant, *presented);
        if (presented->state == TokenState::Live) world_.grants.spend(*presented, now());
        ++grant.rotations;
        return answerTokens(grant, newRefreshToken(grant));
    }

    bool newLifetimes() const { return switches().text("lifetimeProfile") == "new"; }

    const Token& newRefreshToken(const Grant& grant) {
        const auto usual = (newLifetimes() ? 180 : 365) * std::int64_t{86400};
        return issueRefresh(grant, "rft." + randomText(68), refreshLifetime(usual));
    }

    Response answerTokens(const Grant& grant, const Token& refresh_token) {
        const auto lifetime = accessLifetime(newLifetimes() ? 7200 : 86400);
        const auto& access = issueAccess(grant, "act." + randomText(68), lifetime);
        if (switches().on("refreshKillsOldAccess")) world_.grants.revokeOthers(access, now());
        return Response::json(
            200, shaped({{"access_token", access.value},
                         {"expires_in", lifetime},
                         {"open_id", openId(grant)},
                         {"refresh_expires_in", secondsUntil(*refresh_token.expires_at, now())},
                         {"refresh_token", refresh_token.value},
                         {"scope", join(grant.scopes, ",")},
                         {"token_type", "Bearer"}}));
    }

    Response revoke(const Request& request) {
        if (auto refusal = refuseClient(request)) return *refusal;
        const auto checked = checkAccess(request.form.get("token"));
        const auto* access = std::get_if<Access>(&checked);
        if (!access || access->grant.client_id != request.form.get("client_key")) {
            return oauthError(switches().text("deadRevokeError"), "The access token is invalid.");
        }
        const auto client_id = access->grant.client_id;
        world_.forget(facts().id, client_id, access->person.id, EndReason::RevokedByApp);
        if (switches().text("revokeBody") == "empty") return Response::empty(200);
        return Response::json(200, Json::object());
    }

    Response identity(const Request& request) {
        const auto checked = checkAccess(request.bearer());
        if (std::holds_alternative<AccessFailure>(checked)) {
            return apiError(401, "access_token_invalid",
                            "The access token is invalid or not found in the request.");
        }
        const auto& [token, grant, person] = std::get<Access>(checked);
        const auto fields = split(request.query.get("fields"), ",");
        if (fields.empty()) return apiError(400, "invalid_params", "fields is required");
        for (const auto& field : fields) {
            const auto scope = scopeFor(field);
            if (scope.empty()) return apiError(400, "invalid_params", "unknown field " + field);
            if (!contains(grant.scopes, scope)) {
                return apiError(static_cast<int>(switches().number("scopeMissedStatus")),
                                "scope_permission_missed",
                                "The app is not authorized for the field " + field + ".");
            }
        }
        const auto everything = describe(grant, person);
        Json user = Json::object();
        for (const auto& field : fields) user[field] = everything[field];
        const Json ok = {{"code", "ok"}, {"message", ""}, {"log_id", logId()}};
        return Response::json(200, dressed({{"data", {{"user", user}}}, {"error", ok}}));
    }

    static std::string_view scopeFor(std::string_view field) {
        for (const auto& [name, scope] : kFieldScopes) {
            if (name == field) return scope;
        }
        return "";
    }

    Json describe(const Grant& grant, const Person& person) const {
        // Avatar addresses are signed and stop working, so they differ from call to call.
        const auto avatar = "https://images.sandbox.invalid/tiktok/" + person.id +
                            ".webp?x-expires=" + std::to_string(now() / 1000 + 3600) +
                            "&x-signature=" + randomText(20);
        return {{"open_id", openId(grant)},
                {"union_id", uuid(sha256Hex("union " + person.user_id))},
                {"avatar_url", avatar},
                {"avatar_url_100", avatar},
                {"avatar_large_url", avatar},
                {"display_name", person.name},
                {"username", person.handle},
                {"bio_description", "Pretending."},
                {"profile_deep_link", "https://vm.tiktok.invalid/" + person.id},
                {"is_verified", false},
                {"follower_count", 12},
                {"following_count", 3},
                {"likes_count", 40},
                {"video_count", 2}};
    }

    std::string openId(const Grant& grant) const { return uuid(appScopedId(grant, 32)); }

    static std::string uuid(const std::string& hex) {
        return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' +
               hex.substr(16, 4) + '-' + hex.substr(20, 12);
    }

    Response flatError(int status, std::string_view error, std::string_view description) const {
        return Response::json(
            status, {{"error", error}, {"error_description", description}, {"log_id", logId()}});
    }

    /// The real platform often sends these with 200.
    Response oauthError(std::string_view error, std::string_view description) const {
        const int proper = error == "invalid_client" ? 401 : 400;
        return flatError(switches().on("oauthErrorsAs200") ? 200 : proper, error, description);
    }

    Response invalidClient() const {
        return oauthError("invalid_client", "Client key or secret is incorrect.");
    }

    Response deadToken() const {
        return oauthError("invalid_grant", "Refresh token is invalid or expired.");
    }
};

}  // namespace

PlatformFacts tiktokFacts() {
    return {
        .id = "tiktok",
        .name = "TikTok",
        .colour = "#1f2a44",
        .scopes = {{"user.info.basic", "See your display name and avatar"},
                   {"video.upload", "Put drafts into your inbox"},
                   {"video.publish", "Publish for you"},
                   {"video.list", "See your public videos"},
                   {"user.info.profile", "See your username and biography"},
                   {"user.info.stats", "See your follower and like counts"}},
        .scopes_can_be_unticked = true,
        .redirect_policy = {.https_only = true, .no_query = true, .longest = 512},
        .switches = {
            {"lifetimeProfile",
             std::string("new"),
             "new: 2 hours and 180 days. old: 24 hours and 365 days.",
             {"new", "old"}},
            {"rotation",
             std::string("strict"),
             "What a refresh answers with: strict, a new refresh token, the old one dead at once; "
             "grace, the old one good for graceSeconds; same, the refresh token sent.",
             {"strict", "grace", "same"}},
            {"graceSeconds", std::int64_t{60}, "The overlap of rotation = grace."},
            {"reuseKillsGrant", false, "Using a spent refresh token ends the whole grant."},
            {"refreshKillsOldAccess", false, "A refresh ends the access token before it."},
            {"refreshRefused", false,
             "Every refresh is refused with invalid_grant, as was once seen for a sandbox app."},
            {"oauthErrorsAs200", true,
             "Errors of token and revoke come with status 200 instead of 400 or 401."},
            {"desktopMode", false,
             "The app is a desktop app: PKCE with a hex challenge. Otherwise PKCE is ignored."},
            {"scopeMissedStatus", std::int64_t{401},
             "Status of scope_permission_missed (400 or 401)."},
            {"revokeBody",
             std::string("empty"),
             "Body of a successful revocation.",
             {"empty", "object"}},
            {"deadRevokeError",
             std::string("invalid_grant"),
             "The error for revoking what is gone.",
             {"invalid_grant", "access_token_invalid"}},
        }};
}

std::unique_ptr<Platform> makeTiktok(World& world) { return std::make_unique<Tiktok>(world); }

}  // namespace postato::sandbox
