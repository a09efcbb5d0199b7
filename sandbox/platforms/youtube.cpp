// YouTube: Google's OAuth with checkbox consent, refresh tokens that stay, and channels.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "pages/pages.hpp"
#include "platforms/authorization.hpp"
#include "platforms/makers.hpp"
#include "platforms/redirect.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

constexpr std::int64_t kCodeSeconds = 600;
constexpr std::int64_t kAccessSeconds = 3599;
constexpr std::int64_t kUnusedSeconds = 180 * 86400;
constexpr std::int64_t kTestingSeconds = 7 * 86400;
constexpr Millis kDay = Millis{86400} * 1000;
constexpr std::string_view kReadonly = "https://www.googleapis.com/auth/youtube.readonly";

Response oauthError(int status, std::string_view error, std::string_view description) {
    return Response::json(status, {{"error", error}, {"error_description", description}});
}

Response invalidGrant(std::string_view description) {
    return oauthError(400, "invalid_grant", description);
}

Response apiError(int status, std::string_view reason, std::string_view message,
                  std::string_view domain = "global") {
    const Json detail = {{"message", message}, {"domain", domain}, {"reason", reason}};
    const Json error = {{"code", status}, {"message", message}, {"errors", Json::array({detail})}};
    return Response::json(status, {{"error", error}});
}

class Youtube final : public Platform {
public:
    explicit Youtube(World& world) : Platform(world, youtubeFacts()) {
        add("GET", "/o/oauth2/v2/auth", Endpoint::Authorize,
            [this](const Request& request) { return authorize(request); });
        add("POST", "/token", Endpoint::Token,
            [this](const Request& request) { return token(request); });
        add("POST", "/revoke", Endpoint::Revoke,
            [this](const Request& request) { return revoke(request); });
        add("GET", "/tokeninfo", Endpoint::Identity,
            [this](const Request& request) { return tokeninfo(request); });
        add("GET", "/youtube/v3/channels", Endpoint::Identity,
            [this](const Request& request) { return channels(request); });
    }

    std::int64_t codeLifetime() const override { return kCodeSeconds; }
    /// Real codes have a slash: whoever encodes twice is found out.
    std::string newCode() const override { return "4/0A" + randomText(68); }

    Response refusal(Refusal refusal, Endpoint endpoint) const override {
        const bool api = endpoint == Endpoint::Identity || endpoint == Endpoint::Publish;
        switch (refusal) {
            case Refusal::DeadGrant:
                return api ? invalidCredentials()
                           : invalidGrant("Token has been expired or revoked.");
            case Refusal::InvalidClient:
                return oauthError(401, "invalid_client", "The OAuth client was not found.");
            case Refusal::RateLimited:
                break;
        }
        if (!api) return oauthError(429, "rate_limit_exceeded", "Rate limit exceeded.");
        return apiError(403, "quotaExceeded",
                        "The request cannot be completed because you have exceeded your quota.",
                        "youtube.quota");
    }

    Parameters approved(const Code& code, const std::optional<std::string>& state) const override {
        Parameters out;
        if (state) out.add("state", *state);
        if (!switches().text("iss").empty()) out.add("iss", switches().text("iss"));
        out.add("code", code.value);
        out.add("scope", join(code.scopes, " "));
        out.add("authuser", "0");
        out.add("prompt", "consent");
        return out;
    }

    std::optional<Response> turnAway(const Person& person,
                                     const AuthorizationRequest& request) const override {
        const auto& testers = switches().list("testUsers");
        if (!testers.empty() && !contains(testers, person.id)) {
            return redirectError(request, "access_denied", "");
        }
        return Platform::turnAway(person, request);
    }

private:
    Response authorize(const Request& request) {
        AuthorizationRequest wanted;
        if (auto page = readAuthorization(request, {}, wanted)) return *page;
        const auto& query = request.query;
        wanted.scopes = split(query.get("scope"), " ");
        if (wanted.scopes.empty() || !unknownScopes(wanted.scopes).empty()) {
            return redirectError(wanted, "invalid_scope", "Some requested scopes were invalid.");
        }
        const auto prompt = split(query.get("prompt"), " ");
        for (const auto& word : prompt) {
            if (word == "none" || word == "consent" || word == "select_account") continue;
            return Response::html(400, errorPage(facts(), "invalid_request",
                                                 "prompt has the unknown value " + word + "."));
        }
        if (contains(prompt, "none")) {
            return redirectError(wanted, "interaction_required", "");
        }
        wanted.offline = query.get("access_type") == "offline";
        wanted.force_consent = contains(prompt, "consent");
        wanted.force_chooser = contains(prompt, "select_account");
        wanted.may_skip_page = switches().on("signedIn") && prompt.empty();
        wanted.include_granted = query.get("include_granted_scopes") == "true";
        return beginAuthorization(world_, *this, wanted);
    }

    void beforeCode(Code& code, const AuthorizationRequest& request,
                    const Consent* earlier) override {
        code.wants_refresh_token = request.offline && (request.force_consent || !earlier);
        if (!request.include_granted || !earlier) return;
        for (const auto& scope : earlier->scopes) {
            if (!contains(code.scopes, scope)) code.scopes.push_back(scope);
        }
    }

    /// Credentials in the body or by Basic; Google takes both.
    static std::pair<std::string, std::string> credentials(const Request& request) {
        if (auto basic = request.basic()) return *basic;
        return {request.form.get("client_id"), request.form.get("client_secret")};
    }

    Response token(const Request& request) {
        if (const auto what = formProblem(request)) {
            return oauthError(400, "invalid_request", *what);
        }
        const auto [id, secret] = credentials(request);
        const auto* app = client(id);
        if (!app || app->disabled) {
            return oauthError(401, "invalid_client", "The OAuth client was not found.");
        }
        if (app->secret != secret) return oauthError(401, "invalid_client", "Unauthorized");
        const auto grant_type = request.form.get("grant_type");
        if (grant_type == "authorization_code") return exchange(id, request.form);
        if (grant_type == "refresh_token") return refresh(id, request.form);
        return oauthError(400, "unsupported_grant_type", "Invalid grant_type: " + grant_type);
    }

    Response exchange(const std::string& client_id, const Parameters& form) {
        const auto value = form.get("code");
        if (value.find("%2F") != std::string::npos || value.find("%2f") != std::string::npos) {
            return invalidGrant("Malformed auth code.");
        }
        const auto checked = checkCode(value, client_id, form.get("redirect_uri"));
        if (const auto* why = std::get_if<CodeProblem>(&checked)) {
            return *why == CodeProblem::OtherRedirect
                       ? oauthError(400, "redirect_uri_mismatch", "Bad Request")
                       : invalidGrant("Bad Request");
        }
        auto& code = *std::get<Code*>(checked);
        if (!code.challenge.empty()) {
            const auto verifier = form.get("code_verifier");
            if (verifier.empty()) return invalidGrant("Missing code verifier.");
            if (!verifierMatches(code.challenge, code.challenge_method, verifier)) {
                return invalidGrant("Invalid code verifier.");
            }
        }
        const auto& grant = redeem(code);
        if (!code.wants_refresh_token) return answerTokens(grant, nullptr);
        const auto usual = switches().on("testingMode") ? kTestingSeconds : kUnusedSeconds;
        const auto& refresh_token =
            issueRefresh(grant, "1//0g" + randomText(96), refreshLifetime(usual));
        enforceCap(grant);
        return answerTokens(grant, &refresh_token);
    }

    /// Beyond the cap the oldest refresh token of this person and client goes, without a word.
    void enforceCap(const Grant& newest) {
        std::vector<Token*> live;
        for (const auto& grant : world_.grants.all()) {
            if (grant.platform != facts().id || grant.person_id != newest.person_id ||
                grant.client_id != newest.client_id) {
                continue;
            }
            for (auto* token : world_.grants.tokensOf(grant.id)) {
                if (token->kind == TokenKind::Refresh && token->usable(now())) {
                    live.push_back(token);
                }
            }
        }
        const auto cap = static_cast<std::size_t>(switches().number("refreshTokenCap"));
        for (std::size_t i = 0; i + cap < live.size(); ++i) world_.grants.revoke(*live[i], now());
    }

    Response refresh(const std::string& client_id, const Parameters& form) {
        const auto value = form.get("refresh_token");
        auto* presented = acceptRefresh(value, client_id, TokenKind::Refresh);
        if (!presented) return deadToken(value);
        if (switches().on("reauthRequired")) {
            return Response::json(400,
                                  {{"error", "invalid_grant"},
                                   {"error_description", "reauth related error (invalid_rapt)"},
                                   {"error_subtype", "invalid_rapt"}});
        }
        auto& grant = world_.grants.at(presented->grant);
        ++grant.generation;
        if (!switches().on("testingMode")) {
            // Half a year unused ends it, so every use starts the half year again.
            presented->expires_at = now() + 1000 * refreshLifetime(kUnusedSeconds);
        }
        return answerTokens(grant, nullptr);
    }

    /// The description wears off a day after the death.
    Response deadToken(const std::string& value) const {
        const auto* token = world_.grants.find(facts().id, value);
        if (!token) return invalidGrant("Bad Request");
        const auto died = token->ended_at ? token->ended_at : token->expires_at;
        const bool long_ago = died && now() >= *died + kDay;
        return invalidGrant(long_ago ? "Bad Request" : "Token has been expired or revoked.");
    }

    Response answerTokens(const Grant& grant, const Token* refresh_token) {
        const auto lifetime = accessLifetime(kAccessSeconds);
        const auto& access = issueAccess(grant, "ya29.a0" + randomText(180), lifetime);
        Json body = {{"access_token", access.value}, {"expires_in", lifetime}};
        if (refresh_token) {
            body["refresh_token"] = refresh_token->value;
            if (switches().on("testingMode")) {
                body["refresh_token_expires_in"] = secondsUntil(*refresh_token->expires_at, now());
            }
        }
        body["scope"] = join(grant.scopes, " ");
        body["token_type"] = "Bearer";
        return Response::json(200, shaped(std::move(body)));
    }

    Response revoke(const Request& request) {
        const auto in_form = request.form.find("token");
        const auto value = in_form ? *in_form : request.query.get("token");
        const auto* token = world_.grants.find(facts().id, value);
        if (!token || !token->usable(now())) {
            return oauthError(400, "invalid_token", "Token expired or revoked");
        }
        const auto client_id = world_.grants.at(token->grant).client_id;
        const auto person_id = world_.grants.at(token->grant).person_id;
        world_.forget(facts().id, client_id, person_id, EndReason::RevokedByApp);
        if (switches().text("revokeBody") == "empty") return Response::empty(200);
        return Response::json(200, Json::object());
    }

    Response tokeninfo(const Request& request) {
        const auto checked = checkAccess(request.query.find("access_token"));
        if (std::holds_alternative<AccessFailure>(checked)) {
            return oauthError(400, "invalid_token", "Invalid Value");
        }
        const auto& [token, grant, person] = std::get<Access>(checked);
        const auto left = secondsUntil(token.expires_at.value_or(now()), now());
        return Response::json(200, dressed({{"azp", grant.client_id},
                                            {"aud", grant.client_id},
                                            {"scope", join(grant.scopes, " ")},
                                            {"exp", std::to_string(now() / 1000 + left)},
                                            {"expires_in", std::to_string(left)},
                                            {"access_type", "offline"}}));
    }

    Response channels(const Request& request) {
        const auto checked = checkAccess(request.bearer());
        if (std::holds_alternative<AccessFailure>(checked)) return invalidCredentials();
        const auto& [token, grant, person] = std::get<Access>(checked);
        if (!contains(grant.scopes, kReadonly)) {
            return apiError(403, "insufficientPermissions",
                            "Request had insufficient authentication scopes.")
                .with("WWW-Authenticate",
                      "Bearer realm=\"https://accounts.google.com/\", "
                      "error=\"insufficient_scope\", scope=\"" +
                          std::string(kReadonly) + "\"");
        }
        const auto parts = split(request.query.get("part"), ",");
        if (parts.empty()) return apiError(400, "missingRequiredParameter", "part is missing");
        if (request.query.get("mine") != "true") {
            return apiError(400, "missingRequiredParameter", "No filter selected.");
        }
        Json items = Json::array();
        for (const auto& channel : person.channels) {
            if (contains(grant.channels, channel.id)) {
                items.push_back(describe(channel, contains(parts, "snippet")));
            }
        }
        const auto& shape = switches().text("noChannelShape");
        if (items.empty() && shape == "signupRequired") {
            return apiError(401, "youtubeSignupRequired", "Unauthorized", "youtube.header");
        }
        Json body = {{"kind", "youtube#channelListResponse"},
                     {"pageInfo", {{"totalResults", items.size()}, {"resultsPerPage", 5}}}};
        if (!items.empty() || shape == "empty") body["items"] = items;
        return Response::json(200, dressed(std::move(body)));
    }

    static Json describe(const Channel& channel, bool with_snippet) {
        Json item = {{"kind", "youtube#channel"}, {"id", channel.id}};
        if (!with_snippet) return item;
        const Json thumbnail = {
            {"url", "https://images.sandbox.invalid/youtube/" + channel.id + ".jpg"},
            {"width", 88},
            {"height", 88}};
        item["snippet"] = {{"title", channel.title},
                           {"customUrl", channel.handle},
                           {"thumbnails", {{"default", thumbnail}}}};
        return item;
    }

    static Response invalidCredentials() {
        return apiError(401, "authError", "Invalid Credentials");
    }
};

}  // namespace

PlatformFacts youtubeFacts() {
    return {
        .id = "youtube",
        .name = "YouTube",
        .colour = "#a3171d",
        .scopes = {{"https://www.googleapis.com/auth/youtube.upload", "Manage your videos"},
                   {std::string(kReadonly), "See your channel"},
                   {"https://www.googleapis.com/auth/youtube", "Manage your YouTube account"},
                   {"https://www.googleapis.com/auth/youtube.force-ssl",
                    "See and change your videos, ratings and comments"},
                   {"openid", "Know that it is you"},
                   {"email", "See your e-mail address"},
                   {"profile", "See your name and photo"}},
        .scopes_can_be_unticked = true,
        .channel_word = "channel",
        .redirect_policy = {.https_only = true,
                            .localhost_may_be_http = true,
                            .no_ip_literals = true},
        .switches = {
            {"passwordChangeKills", false,
             "The event password_changed ends the person's grants (at Google it does so only for "
             "mail scopes)."},
            {"refreshTokenCap", std::int64_t{100},
             "So many refresh tokens may one person have for one client; the oldest go."},
            {"testingMode", false,
             "The app is in status Testing: refresh tokens end after 7 days and say so."},
            {"testUsers", std::vector<std::string>{},
             "Only these people may connect (empty: everybody); others come back with "
             "access_denied."},
            {"reauthRequired", false, "Every refresh is refused with invalid_rapt."},
            {"iss", std::string(), "The iss parameter of the callback (RFC 9207), if not empty."},
            {"noChannelShape",
             std::string("empty"),
             "How a person without a channel looks: items empty, items absent, or a 401 "
             "signupRequired.",
             {"empty", "absent", "signupRequired"}},
            {"revokeBody",
             std::string("empty"),
             "Body of a successful revocation.",
             {"empty", "object"}},
        }};
}

std::unique_ptr<Platform> makeYoutube(World& world) { return std::make_unique<Youtube>(world); }

}  // namespace postato::sandbox
