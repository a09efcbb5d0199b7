// Facebook Login for Business: the second way to an Instagram account, by way of the Pages a
// person looks after.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "platforms/authorization.hpp"
#include "platforms/makers.hpp"
#include "platforms/meta.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

std::string newToken() { return "EAAG" + randomText(180); }

class Facebook final : public MetaPlatform {
public:
    explicit Facebook(World& world) : MetaPlatform(world, facebookFacts()) {
        add("GET", "/v*/dialog/oauth", Endpoint::Authorize,
            [this](const Request& request) { return authorize(request); });
        add("GET", "/v*/oauth/access_token", Endpoint::Token,
            [this](const Request& request) { return token(request.query); });
        add("POST", "/v*/oauth/access_token", Endpoint::Token,
            [this](const Request& request) { return token(request.form); });
        identityRoute("/v*/me",
                      [this](auto& request, auto& access) { return me(request, access); });
        identityRoute("/v*/me/permissions",
                      [this](auto&, auto& access) { return permissions(access); });
        identityRoute("/v*/me/accounts",
                      [this](auto& request, auto& access) { return accounts(request, access); });
        identityRoute("/v*/me/businesses",
                      [this](auto&, auto& access) { return businesses(access); });
        identityRoute("/v*/*/owned_pages", [this](auto& request, auto& access) {
            return businessPages(request, access);
        });
        identityRoute("/v*/*/client_pages", [](auto&, auto&) {
            return Response::json(200, {{"data", Json::array()}});
        });
        add("DELETE", "/v*/me/permissions", Endpoint::Revoke,
            [this](const Request& request) { return deletePermissions(request); });
    }

    /// Exchanging what the code gave belongs to connecting; later exchanges are the refresh.
    Endpoint endpointOf(const Route& route, const Request& request) const override {
        const auto& parameters = request.method == "POST" ? request.form : request.query;
        const auto* token = world_.grants.find(facts().id, parameters.get("fb_exchange_token"));
        const bool refresh = route.endpoint == Endpoint::Token && token && !token->short_lived;
        return refresh ? Endpoint::Refresh : route.endpoint;
    }

    std::string newCode() const override { return "AQC" + randomCode(); }
    std::string_view redirectFragment() const override { return "#_=_"; }

private:
    void identityRoute(std::string path,
                       std::function<Response(const Request&, const Access&)> answer) {
        add("GET", std::move(path), Endpoint::Identity, [this, answer](const Request& request) {
            const auto checked = checkAccess(presentedToken(request));
            if (const auto* failure = std::get_if<AccessFailure>(&checked)) {
                return accessError(*failure);
            }
            const auto& access = std::get<Access>(checked);
            return withUsage(answer(request, access), access.person.user_id);
        });
    }

    Response authorize(const Request& request) {
        AuthorizationRequest wanted;
        const AuthorizationStyle style{.response_type_optional = true};
        if (auto page = readAuthorization(request, style, wanted)) return *page;
        // A configuration brings its own permissions; `scope` does not count beside it.
        wanted.scopes = request.query.has("config_id") ? switches().list("configScopes")
                                                       : split(request.query.get("scope"), ", ");
        if (wanted.scopes.empty()) wanted.scopes = {"public_profile"};
        if (const auto unknown = unknownScopes(wanted.scopes); !unknown.empty()) {
            return graphError(400, "Invalid Scopes: " + join(unknown, ", "), 100);
        }
        wanted.force_chooser = request.query.get("auth_type") == "reauthenticate";
        return beginAuthorization(world_, *this, wanted);
    }

    Response token(const Parameters& parameters) {
        if (const auto name = parameters.repeated()) {
            return graphError(400, "Repeated parameter " + *name, 100);
        }
        const auto* app = client(parameters.get("client_id"));
        if (!app || app->disabled) return accessError({AccessProblem::AppDisabled});
        if (app->secret != parameters.get("client_secret")) return wrongSecret();
        return parameters.get("grant_type") == "fb_exchange_token"
                   ? exchangeToken(app->id, parameters.get("fb_exchange_token"))
                   : exchangeCode(app->id, parameters);
    }

    Response exchangeCode(const std::string& client_id, const Parameters& parameters) {
        const auto checked =
            checkCode(parameters.get("code"), client_id, parameters.get("redirect_uri"));
        if (const auto* why = std::get_if<CodeProblem>(&checked)) {
            if (*why == CodeProblem::Used) {
                return graphError(400, "This authorization code has been used.", 100, 36009);
            }
            if (*why == CodeProblem::Expired) {
                return graphError(400, "This authorization code has expired.", 100, 36007);
            }
            return graphError(400,
                              "Error validating verification code. Please make sure your "
                              "redirect_uri is identical to the one you used in the OAuth dialog "
                              "request",
                              100, 36008);
        }
        const auto& grant = redeem(*std::get<Code*>(checked));
        auto& token = issueAccess(grant, newToken(), switches().number("shortTokenSeconds"));
        token.short_lived = true;
        return answer(token);
    }

    Response exchangeToken(const std::string& client_id, const std::string& value) {
        const auto checked = checkAccess(value);
        if (const auto* failure = std::get_if<AccessFailure>(&checked)) {
            return accessError(*failure);
        }
        const auto& [token, grant, person] = std::get<Access>(checked);
        if (grant.client_id != client_id) return accessError({AccessProblem::Unknown});
        if (!token.short_lived) {
            ++grant.generation;
            ++grant.rotations;
        }
        auto& next = issueAccess(grant, newToken(), accessLifetime(kLongSeconds));
        if (token.short_lived && !switches().on("shortTokenSurvives")) {
            world_.grants.revoke(token, now());
        }
        return answer(next);
    }

    /// System-user tokens of Login for Business have no end.
    Response answer(Token& token) {
        if (switches().on("systemUserToken")) token.expires_at.reset();
        return Response::json(200, shaped(tokenBody(token)));
    }

    Response me(const Request& request, const Access& access) const {
        return fieldsOf(request, {{"id", numericId(access.grant)}, {"name", access.person.name}});
    }

    Response permissions(const Access& access) const {
        Json data = Json::array({{{"permission", "public_profile"}, {"status", "granted"}}});
        const auto* consent = world_.consent(facts().id, access.grant.client_id, access.person.id);
        for (const auto& scope : consent ? consent->scopes : access.grant.scopes) {
            if (scope == "public_profile") continue;
            const bool granted = contains(access.grant.scopes, scope);
            data.push_back({{"permission", scope}, {"status", granted ? "granted" : "declined"}});
        }
        return Response::json(200, dressed({{"data", data}}));
    }

    /// The Pages the person has chosen; those of a business only where it may be seen.
    Response accounts(const Request& request, const Access& access) {
        std::vector<const Channel*> pages;
        for (const auto& page : access.person.channels) {
            const bool visible =
                page.business_id.empty() || contains(access.grant.scopes, "business_management");
            if (visible && contains(access.grant.channels, page.id)) pages.push_back(&page);
        }
        if (!contains(access.grant.scopes, "pages_show_list")) pages.clear();
        return paged(request, access, pages);
    }

    Response businessPages(const Request& request, const Access& access) {
        const auto business = split(request.path, "/").at(2);  // facebook, version, business
        std::vector<const Channel*> pages;
        for (const auto& page : access.person.channels) {
            if (page.business_id == business && contains(access.grant.channels, page.id)) {
                pages.push_back(&page);
            }
        }
        if (!contains(access.grant.scopes, "business_management")) {
            return graphError(403, "(#200) Requires business_management permission", 200);
        }
        return paged(request, access, pages);
    }

    Response businesses(const Access& access) const {
        if (!contains(access.grant.scopes, "business_management")) {
            return graphError(403, "(#200) Requires business_management permission", 200);
        }
        Json data = Json::array();
        for (const auto& page : access.person.channels) {
            if (page.business_id.empty()) continue;
            data.push_back({{"id", page.business_id}, {"name", page.title + " Business"}});
        }
        return Response::json(200, dressed({{"data", data}}));
    }

    /// One page of the list; the cursor `after` is the index of the next Page.
    Response paged(const Request& request, const Access& access,
                   const std::vector<const Channel*>& pages) {
        const auto largest = static_cast<std::size_t>(switches().number("pageSize"));
        const auto asked = request.query.get("limit");
        const bool numeric = !asked.empty() && asked.size() < 5 &&
                             asked.find_first_not_of("0123456789") == std::string::npos;
        const auto size = std::max<std::size_t>(
            1, std::min(largest, numeric ? std::stoul(asked) : std::size_t{25}));
        const auto after = request.query.get("after");
        std::size_t first = 0;
        while (!after.empty() && first < pages.size() && cursor(first) != after) ++first;

        Json data = Json::array();
        const auto end = std::min(pages.size(), first + size);
        for (auto i = first; i < end; ++i) data.push_back(describe(access, *pages[i]));
        Json body = {{"data", data}};
        if (end < pages.size()) {
            Parameters next;
            for (const auto& [name, value] : request.query) {
                if (name != "after") next.add(name, value);
            }
            if (!next.has("access_token")) next.add("access_token", access.token.value);
            next.add("after", cursor(end));
            body["paging"] = {{"cursors", {{"after", cursor(end)}}},
                              {"next", request.origin() + request.path + "?" + next.encode()}};
        }
        return Response::json(200, dressed(std::move(body)));
    }

    static std::string cursor(std::size_t index) { return "QVFI" + std::to_string(index); }

    Json describe(const Access& access, const Channel& page) {
        Json out = {{"id", page.id},
                    {"name", page.title},
                    {"access_token", pageToken(access.grant, page).value},
                    {"tasks", {"ANALYZE", "ADVERTISE", "MODERATE", "CREATE_CONTENT", "MANAGE"}}};
        if (page.instagram && contains(access.grant.scopes, "instagram_basic")) {
            out["instagram_business_account"] = {
                {"id", page.instagram->id},
                {"username", page.instagram->username},
                {"name", page.instagram->name},
                {"profile_picture_url",
                 "https://images.sandbox.invalid/instagram/" + page.instagram->id + ".jpg"}};
        }
        return out;
    }

    /// One Page token for each grant and Page; it has no end of its own and dies with the grant.
    const Token& pageToken(const Grant& grant, const Channel& page) {
        for (const auto* token : world_.grants.tokensOf(grant.id)) {
            if (token->kind == TokenKind::Page && token->channel_id == page.id) return *token;
        }
        auto& token = world_.grants.issue(grant, TokenKind::Page, newToken(), now(), std::nullopt);
        token.channel_id = page.id;
        return token;
    }
};

std::vector<SwitchDefinition> facebookSwitches() {
    auto out = metaSwitches(60 * 86400);
    out.push_back(
        {"configScopes",
         std::vector<std::string>{"instagram_basic", "instagram_content_publish", "pages_show_list",
                                  "pages_read_engagement", "business_management"},
         "The permissions of every configuration (config_id)."});
    out.push_back({"systemUserToken", false, "Tokens are system-user tokens, without an end."});
    out.push_back({"pageSize", std::int64_t{100}, "The most Pages in one answer of a list."});
    return out;
}

}  // namespace

PlatformFacts facebookFacts() {
    return {.id = "facebook",
            .name = "Facebook",
            .colour = "#2b5797",
            .scopes = {{"public_profile", "See your name"},
                       {"instagram_basic", "See the Instagram accounts of your Pages"},
                       {"instagram_content_publish", "Publish to these Instagram accounts"},
                       {"pages_show_list", "See which Pages you look after"},
                       {"pages_read_engagement", "Read what your Pages have published"},
                       {"pages_manage_posts", "Publish on your Pages"},
                       {"business_management", "See the businesses you look after"}},
            .channel_word = "Page",
            .redirect_policy = {.https_only = true, .localhost_may_be_http = true},
            .switches = facebookSwitches()};
}

std::unique_ptr<Platform> makeFacebook(World& world) { return std::make_unique<Facebook>(world); }

}  // namespace postato::sandbox
