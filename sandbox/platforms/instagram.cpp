// Instagram with Instagram Login: a short-lived token, exchanged for a long-lived one that is its
// own refresh credential.

#include <nlohmann/json.hpp>

#include "pages/pages.hpp"
#include "platforms/authorization.hpp"
#include "platforms/makers.hpp"
#include "platforms/meta.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

constexpr std::int64_t kDay = 86400;
constexpr std::string_view kBasic = "instagram_business_basic";

/// The envelope of api.instagram.com, which is not the Graph API's.
Response loginError(std::string_view message) {
    return Response::json(
        400, {{"error_type", "OAuthException"}, {"code", 400}, {"error_message", message}});
}

std::string newToken() { return "IGAA" + randomText(160); }

class Instagram final : public MetaPlatform {
public:
    explicit Instagram(World& world) : MetaPlatform(world, instagramFacts()) {
        add("GET", "/oauth/authorize", Endpoint::Authorize,
            [this](const Request& request) { return authorize(request); });
        add("POST", "/oauth/access_token", Endpoint::Token,
            [this](const Request& request) { return exchangeCode(request); });
        add("GET", "/access_token", Endpoint::Token,
            [this](const Request& request) { return exchangeToken(request); });
        add("GET", "/refresh_access_token", Endpoint::Refresh,
            [this](const Request& request) { return refresh(request); });
        add("GET", "/v*/me", Endpoint::Identity,
            [this](const Request& request) { return identity(request); });
        add("DELETE", "/v*/me/permissions", Endpoint::Revoke,
            [this](const Request& request) { return deletePermissions(request); });
    }

    Response refusal(Refusal refusal, Endpoint endpoint) const override {
        if (refusal == Refusal::InvalidClient && endpoint == Endpoint::Token) {
            return loginError("Invalid platform app");
        }
        return MetaPlatform::refusal(refusal, endpoint);
    }

    std::string newCode() const override { return "AQB" + randomCode(); }

    Parameters approved(const Code& code, const std::optional<std::string>& state) const override {
        // The literal #_ is not part of the code; some forwarders hand it on as if it were.
        Parameters out{{"code", code.value + (switches().on("codeSuffix") ? "#_" : "")}};
        if (state) out.add("state", *state);
        return out;
    }

    std::string_view redirectFragment() const override { return "#_"; }

    std::optional<Response> turnAway(const Person& person,
                                     const AuthorizationRequest& request) const override {
        if (!person.professional && switches().text("personalAccounts") == "authorize") {
            return Response::html(
                400, errorPage(facts(), "You need a professional account",
                               "@" + person.handle +
                                   " is a personal account. Only Business and Creator accounts "
                                   "can be connected."));
        }
        return MetaPlatform::turnAway(person, request);
    }

private:
    Response unknownClientPage() const override { return loginError("Invalid platform app"); }

    Response authorize(const Request& request) {
        AuthorizationRequest wanted;
        if (auto page = readAuthorization(request, {}, wanted)) return *page;
        wanted.scopes = split(request.query.get("scope"), ", ");
        if (wanted.scopes.empty() || !unknownScopes(wanted.scopes).empty()) {
            return Response::json(
                400, {{"message", "Business and user permissions are mutually exclusive"},
                      {"status", "fail"}});
        }
        wanted.force_chooser = request.query.get("force_reauth") == "true" ||
                               request.query.get("force_authentication") == "1";
        return beginAuthorization(world_, *this, wanted);
    }

    /// Step one, at api.instagram.com: the code for a token of one hour.
    Response exchangeCode(const Request& request) {
        const auto& form = request.form;
        if (!request.form_sent) return loginError("The request is missing its form body");
        if (form.repeated()) return loginError("Repeated parameter " + *form.repeated());
        const auto* app = client(form.get("client_id"));
        if (!app || app->disabled) return loginError("Invalid platform app");
        if (app->secret != form.get("client_secret")) {
            return loginError("Error validating client secret.");
        }
        if (form.get("grant_type") != "authorization_code") {
            return loginError("Invalid grant_type");
        }
        auto value = form.get("code");
        const auto checked = checkCode(value, app->id, form.get("redirect_uri"));
        if (const auto* why = std::get_if<CodeProblem>(&checked)) {
            return loginError(*why == CodeProblem::OtherRedirect
                                  ? "Error validating verification code. Please make sure your "
                                    "redirect_uri is identical to the one you used in the OAuth "
                                    "dialog request"
                                  : "Matching code was not found or was already used");
        }
        const auto& grant = redeem(*std::get<Code*>(checked));
        auto& token = issueAccess(grant, newToken(), switches().number("shortTokenSeconds"));
        token.short_lived = true;
        return Response::json(200, shaped(exchangeBody(grant, token)));
    }

    Json exchangeBody(const Grant& grant, const Token& token) const {
        const auto* person = state().person(grant.person_id);
        Json body = {{"access_token", token.value}};
        if (switches().on("userIdAsString")) {
            body["user_id"] = person->user_id;
        } else {
            body["user_id"] = std::stoll(person->user_id);  // above 2^53 on purpose
        }
        if (switches().on("permissionsAsString")) {
            body["permissions"] = join(grant.scopes, ",");
        } else {
            body["permissions"] = grant.scopes;
        }
        if (!switches().on("wrapInData")) return body;
        return {{"data", Json::array({body})}};
    }

    /// Step two, at graph.instagram.com: the short-lived token for one of 60 days.
    Response exchangeToken(const Request& request) {
        const auto& query = request.query;
        if (query.get("grant_type") != "ig_exchange_token") {
            return graphError(400, "Invalid parameter", 100);
        }
        const auto checked = checkAccess(presentedToken(request));
        if (const auto* failure = std::get_if<AccessFailure>(&checked)) {
            return accessError(*failure);
        }
        const auto& [token, grant, person] = std::get<Access>(checked);
        if (client(grant.client_id)->secret != query.get("client_secret")) return wrongSecret();
        if (!token.short_lived && switches().on("exchangeLongLivedFails")) {
            return graphError(400, "Invalid parameter: the token is long-lived already", 100);
        }
        const auto& long_lived = issueAccess(grant, newToken(), accessLifetime(kLongSeconds));
        if (!switches().on("shortTokenSurvives")) world_.grants.revoke(token, now());
        return Response::json(200, shaped(tokenBody(long_lived)));
    }

    Response refresh(const Request& request) {
        const auto& query = request.query;
        if (query.get("grant_type") != "ig_refresh_token") {
            return graphError(400, "Invalid parameter", 100);
        }
        const auto value = presentedToken(request);
        countReuse(value);
        const auto checked = checkAccess(value);
        if (const auto* failure = std::get_if<AccessFailure>(&checked)) {
            return accessError(*failure);
        }
        const auto& [token, grant, person] = std::get<Access>(checked);
        if (!contains(grant.scopes, kBasic)) return lacksBasic();
        const auto age = (now() - token.issued_at) / 1000;
        if (token.short_lived || age < youngestRefresh()) {
            return graphError(400, "The access token is too young to be refreshed",
                              static_cast<int>(switches().number("tooYoungCode")));
        }
        ++grant.generation;
        ++grant.rotations;
        const auto& next = issueAccess(grant, newToken(), accessLifetime(kLongSeconds));
        if (switches().on("refreshKillsOldToken")) world_.grants.spend(token, now());
        auto body = tokenBody(next);
        if (switches().on("refreshTellsPermissions")) {
            body["permissions"] = join(grant.scopes, ",");
        }
        return Response::json(200, shaped(std::move(body)));
    }

    void countReuse(const std::optional<std::string>& value) {
        const auto* token = world_.grants.find(facts().id, value.value_or(""));
        if (token && token->state == TokenState::Spent) {
            ++world_.grants.at(token->grant).reuse_attempts;
        }
    }

    /// A day; nothing when a test has made tokens live shorter than that and said no more.
    std::int64_t youngestRefresh() const {
        const bool shortened = accessLifetime(kLongSeconds) <= kDay;
        if (shortened && !switches().isSet("refreshMinAgeSeconds")) return 0;
        return switches().number("refreshMinAgeSeconds");
    }

    static Response lacksBasic() {
        return graphError(400, "(#10) Application does not have permission for this action", 10);
    }

    Response identity(const Request& request) {
        const auto checked = checkAccess(presentedToken(request));
        if (const auto* failure = std::get_if<AccessFailure>(&checked)) {
            return accessError(*failure);
        }
        const auto& [token, grant, person] = std::get<Access>(checked);
        if (!contains(grant.scopes, kBasic)) return lacksBasic();
        Json everything = {{"id", numericId(grant)},
                           {"user_id", person.user_id},
                           {"username", person.handle},
                           {"name", person.name},
                           {"profile_picture_url",
                            "https://images.sandbox.invalid/instagram/" + person.id + ".jpg"},
                           {"account_type", person.professional ? Json("BUSINESS") : Json(nullptr)},
                           {"followers_count", 12}};
        auto answer = fieldsOf(request, everything);
        if (answer.status == 200 && switches().on("identityInData")) {
            answer = Response::json(200, {{"data", Json::array({Json::parse(answer.body)})}});
        }
        return withUsage(std::move(answer), person.user_id);
    }
};

std::vector<SwitchDefinition> instagramSwitches() {
    auto out = metaSwitches(3600);
    const std::vector<SwitchDefinition> own = {
        {"codeSuffix", false, "The #_ stands inside the code parameter (code=...%23_)."},
        {"personalAccounts",
         std::string("authorize"),
         "Where a personal account is refused: on the page (authorize), or only by /me leaving "
         "account_type out (identity).",
         {"authorize", "identity"}},
        {"wrapInData", false, "The code exchange answers inside data[0]."},
        {"userIdAsString", false, "user_id of the code exchange is a string."},
        {"permissionsAsString", false, "permissions of the code exchange is a comma string."},
        {"exchangeLongLivedFails", true, "ig_exchange_token refuses a long-lived token."},
        {"refreshMinAgeSeconds", std::int64_t{kDay},
         "How old a token must be to be refreshed. Unless it is set, the rule rests while "
         "lifetimes.access is a day or less."},
        {"tooYoungCode", std::int64_t{100}, "The Graph code of that refusal (100 or 10)."},
        {"refreshKillsOldToken", false, "A refresh ends the token it was made with."},
        {"refreshTellsPermissions", false, "A refresh answers with permissions, too."},
        {"identityInData", false, "/me answers inside data[0]."},
    };
    out.insert(out.end(), own.begin(), own.end());
    return out;
}

}  // namespace

PlatformFacts instagramFacts() {
    return {.id = "instagram",
            .name = "Instagram",
            .colour = "#a02670",
            .scopes = {{"instagram_business_basic", "See your profile and media"},
                       {"instagram_business_content_publish", "Publish for you"},
                       {"instagram_business_manage_comments", "Manage comments on your posts"},
                       {"instagram_business_manage_messages", "Manage your messages"},
                       {"instagram_business_manage_insights", "See your insights"}},
            .scopes_can_be_unticked = true,
            .redirect_policy = {.https_only = true},
            .switches = instagramSwitches()};
}

std::unique_ptr<Platform> makeInstagram(World& world) { return std::make_unique<Instagram>(world); }

}  // namespace postato::sandbox
