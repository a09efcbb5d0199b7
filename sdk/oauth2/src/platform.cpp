#include "postato/oauth2/platform.hpp"

#include "postato/oauth2/scopes.hpp"
#include "postato/oauth2/tokens.hpp"

namespace postato::oauth2 {
namespace {

void replace(std::string& built_in, const std::string& configured) {
    if (!configured.empty()) built_in = configured;
}

/// The scopes to ask for, as the operator wrote them, with what the profile knows about each.
std::vector<sdk::Scope> chooseScopes(const Profile& profile,
                                     const std::vector<std::string>& configured) {
    if (configured.empty()) return profile.traits.scopes;
    std::vector<sdk::Scope> chosen;
    for (const auto& name : configured) {
        sdk::Scope scope{name, "as " + profile.traits.display_name + " describes it", false};
        for (const auto* list : {&profile.traits.scopes, &profile.further_scopes})
            for (const auto& known : *list)
                if (known.name == name) scope = known;
        chosen.push_back(scope);
    }
    return chosen;
}

bool contains(const std::vector<std::string>& list, const std::string& value) {
    return containsScope(list, value);
}

}  // namespace

OAuth2Platform::OAuth2Platform(Profile profile, const sdk::PlatformConfig& config)
    : profile_(std::move(profile)),
      client_id_(config.client_id),
      client_secret_(config.client_secret) {
    replace(profile_.endpoints.authorization, config.authorization_endpoint);
    replace(profile_.endpoints.token, config.token_endpoint);
    replace(profile_.endpoints.revocation, config.revocation_endpoint);
    replace(profile_.endpoints.api_base, config.api_base);
    while (!profile_.endpoints.api_base.empty() && profile_.endpoints.api_base.back() == '/')
        profile_.endpoints.api_base.pop_back();
    profile_.traits.scopes = chooseScopes(profile_, config.scopes);
}

std::string OAuth2Platform::authorizationUrl(const sdk::AuthorizationRequest& request) const {
    return withQuery(profile_.endpoints.authorization, authorizationParameters(request));
}

Parameters OAuth2Platform::authorizationParameters(const sdk::AuthorizationRequest& request) const {
    Parameters parameters = {{"response_type", "code"},
                             {profile_.client_id_parameter, client_id_},
                             {"redirect_uri", request.redirect_uri},
                             {"scope", joinScopes(request.scopes, profile_.scope_separator)},
                             {"state", request.state}};
    if (!request.code_challenge.empty()) {
        parameters.emplace_back("code_challenge", request.code_challenge);
        parameters.emplace_back("code_challenge_method", "S256");
    }
    parameters.insert(parameters.end(), profile_.authorization_extras.begin(),
                      profile_.authorization_extras.end());
    return parameters;
}

sdk::CallbackOutcome OAuth2Platform::parseCallback(
    const sdk::CallbackParameters& parameters) const {
    using Kind = sdk::CallbackOutcome::Kind;
    sdk::CallbackOutcome outcome;
    const std::string* code = findParameter(parameters, "code");
    const std::string* error = findParameter(parameters, "error");
    if (error != nullptr) outcome.error = sdk::safeCode(*error);
    if ((code == nullptr) == (error == nullptr)) return outcome;
    if (error != nullptr) {
        if (contains(profile_.denial_errors, *error)) outcome.kind = Kind::Denied;
        if (contains(profile_.scope_errors, *error)) outcome.kind = Kind::ScopeRefused;
        return outcome;
    }
    if (code->empty()) return outcome;
    outcome.kind = Kind::Code;
    outcome.code = sdk::Secret(*code);
    return outcome;
}

Parameters OAuth2Platform::exchangeParameters(const sdk::CodeExchange& exchange) const {
    Parameters parameters = {{"grant_type", "authorization_code"},
                             {"code", std::string(exchange.code.reveal())},
                             {"redirect_uri", exchange.redirect_uri}};
    if (!exchange.code_verifier.empty())
        parameters.emplace_back("code_verifier", std::string(exchange.code_verifier.reveal()));
    return parameters;
}

Parameters OAuth2Platform::refreshParameters(const sdk::Credentials& credentials) const {
    return {{"grant_type", "refresh_token"},
            {"refresh_token", std::string(credentials.refresh_token.reveal())}};
}

sdk::Result<sdk::Credentials> OAuth2Platform::exchangeCode(
    sdk::HttpClient& http, const sdk::CodeExchange& exchange) const {
    const auto request = formRequest(profile_.endpoints.token, exchangeParameters(exchange));
    const auto body = call(http, Step::Exchange, request);
    if (!body) return body.error();
    auto credentials = readTokens(Step::Exchange, body.value());
    if (credentials.ok() && credentials.value().scopes.empty() && exchange.granted_scopes_hint)
        credentials.value().scopes = *exchange.granted_scopes_hint;
    return credentials;
}

sdk::Result<sdk::Credentials> OAuth2Platform::refresh(sdk::HttpClient& http,
                                                      const sdk::Credentials& credentials) const {
    if (credentials.refresh_token.empty())
        return fail(sdk::ErrorKind::Unsupported, Step::Refresh, "no_refresh_token");
    const auto request = formRequest(profile_.endpoints.token, refreshParameters(credentials));
    const auto body = call(http, Step::Refresh, request);
    if (!body) return body.error();
    auto fresh = readTokens(Step::Refresh, body.value());
    if (!fresh) return fresh.error();
    return renewed(std::move(fresh.value()), credentials);
}

sdk::Result<sdk::Revocation> OAuth2Platform::revoke(sdk::HttpClient& http,
                                                    const sdk::Credentials& credentials) const {
    if (profile_.endpoints.revocation.empty())
        return fail(sdk::ErrorKind::Unsupported, Step::Revoke, "no_revocation_endpoint");
    const auto send = [&](const sdk::Secret& token, const char* hint) {
        return callRevocation(http, revocationRequest(token, hint));
    };
    const bool only_access =
        profile_.revoked_token == RevokedToken::Access || credentials.refresh_token.empty();
    if (only_access && credentials.access_token.empty()) return sdk::Revocation::AlreadyGone;
    if (only_access) return send(credentials.access_token, "access_token");
    auto outcome = send(credentials.refresh_token, "refresh_token");
    // The access token dies by itself soon enough, so its own result changes nothing.
    if (outcome.ok() && profile_.revoked_token == RevokedToken::Both &&
        !credentials.access_token.empty())
        send(credentials.access_token, "access_token");
    return outcome;
}

sdk::HttpRequest OAuth2Platform::revocationRequest(const sdk::Secret& token,
                                                   const char* token_type_hint) const {
    return formRequest(profile_.endpoints.revocation, {{"token", std::string(token.reveal())},
                                                       {"token_type_hint", token_type_hint}});
}

sdk::Result<std::vector<sdk::Identity>> OAuth2Platform::identify(
    sdk::HttpClient& http, const sdk::Credentials& credentials) const {
    if (auto missing = missingIdentityScope(credentials)) return *missing;
    const auto body = call(http, Step::Identify,
                           bearerRequest(profile_.endpoints.api_base + profile_.identity_path,
                                         credentials.access_token));
    if (!body) return body.error();
    return readIdentities(body.value(), credentials);
}

sdk::Result<sdk::Credentials> OAuth2Platform::readTokens(Step step, const Json& body) const {
    auto tokens = readTokenResponse(body);
    // The platform said yes, so the old token or code may be spent: sending it again could end the
    // grant that the unread answer renewed.
    if (const auto* field = std::get_if<std::string>(&tokens))
        return fail(sdk::ErrorKind::Ambiguous, step, *field);
    return std::get<sdk::Credentials>(std::move(tokens));
}

sdk::Result<std::vector<sdk::Identity>> OAuth2Platform::readIdentities(
    const Json& body, const sdk::Credentials&) const {
    sdk::Identity identity;
    identity.id = body.get("sub").text();
    if (identity.id.empty()) return fail(sdk::ErrorKind::Protocol, Step::Identify, "sub");
    identity.username = body.get("preferred_username").text();
    identity.display_name = body.get("name").text();
    identity.avatar_url = body.get("picture").text();
    identity.profile_url = body.get("profile").text();
    identity.kind = "personal";
    return std::vector<sdk::Identity>{identity};
}

sdk::HttpRequest OAuth2Platform::formRequest(const std::string& url, Parameters parameters) const {
    sdk::HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       {"Accept", "application/json"}};
    request.headers.insert(request.headers.end(), profile_.token_headers.begin(),
                           profile_.token_headers.end());

    // Without a secret the client is public: it only names itself (RFC 6749 3.2.1).
    const bool is_public = client_secret_.empty();
    const bool basic = profile_.client_authentication != ClientAuthentication::Body && !is_public;
    if (basic)
        request.headers.emplace_back("Authorization",
                                     basicAuthorization(client_id_, client_secret_.reveal()));
    if (!basic || profile_.client_authentication == ClientAuthentication::BasicAndIdInBody)
        parameters.emplace_back(profile_.client_id_parameter, client_id_);
    if (!basic && !is_public)
        parameters.emplace_back("client_secret", std::string(client_secret_.reveal()));
    request.body = formEncode(parameters);
    return request;
}

sdk::HttpRequest OAuth2Platform::bearerRequest(const std::string& url,
                                               const sdk::Secret& access_token) {
    sdk::HttpRequest request;
    request.url = url;
    request.headers = {{"Accept", "application/json"},
                       {"Authorization", "Bearer " + std::string(access_token.reveal())}};
    return request;
}

sdk::Credentials OAuth2Platform::renewed(sdk::Credentials fresh, const sdk::Credentials& old) {
    if (fresh.refresh_token.empty()) fresh.refresh_token = old.refresh_token;
    if (fresh.token_type.empty()) fresh.token_type = old.token_type;
    if (fresh.subject.empty()) fresh.subject = old.subject;
    if (fresh.plugin_data.empty()) fresh.plugin_data = old.plugin_data;
    return fresh;
}

}  // namespace postato::oauth2
