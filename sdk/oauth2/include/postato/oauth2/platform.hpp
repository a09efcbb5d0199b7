#pragma once

/// \file
/// A platform that speaks RFC 6749, 7636 and 7009: fill in a Profile, override what is odd.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "postato/oauth2/form.hpp"
#include "postato/oauth2/json.hpp"
#include "postato/oauth2/refusal.hpp"
#include "postato/sdk/platform.hpp"

namespace postato::oauth2 {

/// Addresses of a platform; the operator's configuration replaces any of them.
struct Endpoints {
    std::string authorization;
    std::string token;
    std::string revocation;  ///< empty: the platform has none
    std::string api_base;    ///< prefix of API paths, without a slash at the end
};

/// How the client shows who it is at the token and revocation endpoint (RFC 6749 2.3.1).
enum class ClientAuthentication {
    Body = 1,         ///< id and secret as form fields
    Basic,            ///< header only
    BasicAndIdInBody  ///< header, and the id as a form field too
};

/// Which token a revocation sends.
enum class RevokedToken {
    RefreshOrAccess = 1,  ///< the refresh token; the access token where there is none
    Access,
    Both  ///< the refresh token, then the access token; the first answer counts
};

/// A platform as data. Every field has the standard's default.
struct Profile {
    sdk::Traits traits;
    /// Known to the plugin, but asked for only when the operator configures them.
    std::vector<sdk::Scope> further_scopes;
    Endpoints endpoints;
    ClientAuthentication client_authentication = ClientAuthentication::Body;
    std::string client_id_parameter = "client_id";
    std::string scope_separator = " ";
    Parameters authorization_extras;  ///< constant parameters of the authorization request
    sdk::Headers token_headers;       ///< constant headers of token requests
    std::vector<std::string> denial_errors = {"access_denied"};
    std::vector<std::string> scope_errors = {"invalid_scope"};
    RevokedToken revoked_token = RevokedToken::Both;
    std::string identity_path;  ///< appended to api_base
    /// Without these identity is impossible; checked before asking, where the grant's scopes are
    /// known and the scope was asked for.
    std::vector<std::string> identity_scopes;
};

/// Implements every step of sdk::Platform. The protected members are the parts of a step that
/// platforms differ in, and the tools for steps that are shaped differently. Immutable, so
/// thread-safe.
///
/// How an answer is read, in this order, so that no override can turn an outage into a dead grant:
///  1. no complete answer: the HttpClient's error (in Identify never `Ambiguous`);
///  2. 429 `RateLimited`; 5xx, 408, 425 `Transient`, whatever the body says;
///  3. not JSON: `Transient` for 403 (a firewall's page), `Protocol` for any other failure status.
///     With 2xx the request was accepted and the answer is lost: `Ambiguous` in Exchange and
///     Refresh, `Transient` in Identify;
///  4. `findRefusal` and `explain`;
///  5. the answer itself.
class OAuth2Platform : public sdk::Platform {
public:
    const sdk::Traits& traits() const noexcept override { return profile_.traits; }

    std::string authorizationUrl(const sdk::AuthorizationRequest& request) const override;
    sdk::CallbackOutcome parseCallback(const sdk::CallbackParameters& parameters) const override;
    sdk::Result<sdk::Credentials> exchangeCode(sdk::HttpClient& http,
                                               const sdk::CodeExchange& exchange) const override;
    sdk::Result<sdk::Credentials> refresh(sdk::HttpClient& http,
                                          const sdk::Credentials& credentials) const override;
    sdk::Result<sdk::Revocation> revoke(sdk::HttpClient& http,
                                        const sdk::Credentials& credentials) const override;
    /// GET of `identity_path` with the access token, then `readIdentities`.
    sdk::Result<std::vector<sdk::Identity>> identify(
        sdk::HttpClient& http, const sdk::Credentials& credentials) const override;

protected:
    /// Applies the configuration: endpoints, client, and the scopes, which replace the defaults in
    /// `traits().scopes` (a scope that the profile does not know is asked for, but not required).
    OAuth2Platform(Profile profile, const sdk::PlatformConfig& config);

    // --- parts to override -----------------------------------------------------------------------

    virtual Parameters authorizationParameters(const sdk::AuthorizationRequest& request) const;
    virtual Parameters exchangeParameters(const sdk::CodeExchange& exchange) const;
    virtual Parameters refreshParameters(const sdk::Credentials& credentials) const;
    virtual sdk::HttpRequest revocationRequest(const sdk::Secret& token,
                                               const char* token_type_hint) const;

    /// Takes a refusal out of a readable answer, whatever its status. The base sees one in every
    /// status but 2xx, and in a 2xx with an `error`; it understands `error` as a string with
    /// `error_description`, and as an object with `code` and `message`.
    virtual std::optional<Refusal> findRefusal(Step step, const sdk::HttpResponse& response,
                                               const Json& body) const;

    /// What a refusal means; the base knows the standard's codes. `InvalidGrant` in Revoke means
    /// the token is already gone.
    virtual sdk::PlatformError explain(const Refusal& refusal) const;

    /// The wait an answer asks for; the base reads `Retry-After`.
    virtual std::optional<std::chrono::seconds> waitHint(const sdk::HttpResponse& response) const;

    /// The tokens of a successful answer; `Ambiguous` when it has none that can be used.
    virtual sdk::Result<sdk::Credentials> readTokens(Step step, const Json& body) const;

    /// Who an identity answer names; the base reads the claims of OpenID Connect (`sub`,
    /// `preferred_username`, `name`, `picture`, `profile`).
    virtual sdk::Result<std::vector<sdk::Identity>> readIdentities(
        const Json& body, const sdk::Credentials& credentials) const;

    // --- tools -----------------------------------------------------------------------------------

    const Profile& profile() const noexcept { return profile_; }
    const Endpoints& endpoints() const noexcept { return profile_.endpoints; }
    const std::string& clientId() const noexcept { return client_id_; }
    const sdk::Secret& clientSecret() const noexcept { return client_secret_; }

    /// A form POST with the client's authentication added.
    sdk::HttpRequest formRequest(const std::string& url, Parameters parameters) const;
    static sdk::HttpRequest bearerRequest(const std::string& url, const sdk::Secret& access_token);

    /// Sends, and reads the answer as described above.
    sdk::Result<Json> call(sdk::HttpClient& http, Step step, const sdk::HttpRequest& request) const;
    /// The same for a revocation, where any 2xx that is no refusal and no HTML page is `Done`.
    sdk::Result<sdk::Revocation> callRevocation(sdk::HttpClient& http,
                                                const sdk::HttpRequest& request) const;

    /// An error with a sentence for the administrator that fits its kind and step.
    sdk::PlatformError fail(sdk::ErrorKind kind, Step step, const std::string& code) const;
    /// ScopeMissing naming the scope, if the grant's scopes are known and lack one of
    /// `identity_scopes`.
    std::optional<sdk::PlatformError> missingIdentityScope(
        const sdk::Credentials& credentials) const;

    /// Fills what a refresh answer left out from the credentials it replaces.
    static sdk::Credentials renewed(sdk::Credentials fresh, const sdk::Credentials& old);

private:
    std::optional<sdk::PlatformError> statusFailure(Step step,
                                                    const sdk::HttpResponse& response) const;
    Profile profile_;
    std::string client_id_;
    sdk::Secret client_secret_;
};

}  // namespace postato::oauth2
