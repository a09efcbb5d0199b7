// The half of OAuth2Platform that reads answers; the order of the checks is told in the header.

#include "postato/oauth2/platform.hpp"
#include "postato/oauth2/scopes.hpp"

namespace postato::oauth2 {
namespace {

bool succeeded(int status) { return status >= 200 && status < 300; }

const char* nameOf(Step step) {
    switch (step) {
        case Step::Exchange:
            return "while exchanging the authorization code";
        case Step::Refresh:
            return "while refreshing a token";
        case Step::Revoke:
            return "while revoking a token";
        case Step::Identify:
            return "while asking who was connected";
    }
    return "while calling";
}

/// What the administrator should know and do; completes "<platform>, while <doing>: ...".
const char* adviceFor(sdk::ErrorKind kind, Step step) {
    using sdk::ErrorKind;
    switch (kind) {
        case ErrorKind::InvalidGrant:
            return step == Step::Exchange
                       ? "the code was used, has expired or is not ours; start the connection again"
                       : "the grant is no longer valid; the account has to be connected again";
        case ErrorKind::Misconfigured:
            return "refused because of this installation's client id, secret, redirect URI or app "
                   "settings; check them here and in the platform's developer portal";
        case ErrorKind::Transient:
            return "the platform is not working properly at the moment; it will be tried again";
        case ErrorKind::RateLimited:
            return "too many calls for now; it will be tried again later";
        case ErrorKind::TooEarly:
            return "the platform does not renew this token yet; it will be tried again later";
        case ErrorKind::Ambiguous:
            return "the platform accepted the request but its answer was lost or unreadable";
        case ErrorKind::ScopeMissing:
            return "a permission is missing; connect the account again and allow all of them";
        case ErrorKind::AccountSuspended:
            return "the platform has suspended the account; it has to be restored there";
        case ErrorKind::NoPublishableAccount:
            return "consent was given, but there is no account to publish to";
        case ErrorKind::Unsupported:
            return "there is no such operation for this account";
        case ErrorKind::Protocol:
            return "the answer was not understood, or refuses for an unknown reason";
    }
    return "failed";
}

}  // namespace

sdk::PlatformError OAuth2Platform::fail(sdk::ErrorKind kind, Step step,
                                        const std::string& code) const {
    sdk::PlatformError error;
    error.kind = kind;
    error.code = code;
    error.message =
        profile_.traits.display_name + ", " + nameOf(step) + ": " + adviceFor(kind, step) + ".";
    return error;
}

std::optional<sdk::PlatformError> OAuth2Platform::missingIdentityScope(
    const sdk::Credentials& credentials) const {
    if (credentials.scopes.empty()) return std::nullopt;
    for (const auto& scope : profile_.traits.scopes) {
        if (!containsScope(profile_.identity_scopes, scope.name) ||
            containsScope(credentials.scopes, scope.name))
            continue;
        auto error = fail(sdk::ErrorKind::ScopeMissing, Step::Identify, "scope_missing");
        error.message += " Missing: " + scope.name + " (" + scope.meaning + ").";
        return error;
    }
    return std::nullopt;
}

std::optional<std::chrono::seconds> OAuth2Platform::waitHint(
    const sdk::HttpResponse& response) const {
    return retryAfter(response.headers);
}

std::optional<sdk::PlatformError> OAuth2Platform::statusFailure(
    Step step, const sdk::HttpResponse& response) const {
    const int status = response.status;
    const bool rate_limited = status == 429;
    if (!rate_limited && status < 500 && status != 408 && status != 425) return std::nullopt;
    auto error = fail(rate_limited ? sdk::ErrorKind::RateLimited : sdk::ErrorKind::Transient, step,
                      std::to_string(status));
    error.retry_after = waitHint(response);
    return error;
}

std::optional<Refusal> OAuth2Platform::findRefusal(Step step, const sdk::HttpResponse& response,
                                                   const Json& body) const {
    const Json error = body.get("error");
    if (succeeded(response.status) && error.isNull()) return std::nullopt;
    if (error.isObject())
        return Refusal{step, error.get("code").text(), error.get("message").text(), body, response};
    return Refusal{step, error.text(), body.get("error_description").text(), body, response};
}

sdk::PlatformError OAuth2Platform::explain(const Refusal& refusal) const {
    const std::string code =
        refusal.error.empty() ? std::to_string(refusal.response.status) : plainCode(refusal.error);
    auto error = fail(meaningOf(refusal.error, refusal.step), refusal.step, code);
    if (error.kind == sdk::ErrorKind::Transient) error.retry_after = waitHint(refusal.response);
    return error;
}

sdk::Result<Json> OAuth2Platform::call(sdk::HttpClient& http, Step step,
                                       const sdk::HttpRequest& request) const {
    const auto sent = http.send(request);
    if (!sent) {
        auto error = sent.error();
        // Asking who somebody is changes nothing, so a lost answer may simply be asked for again.
        if (step == Step::Identify && error.kind == sdk::ErrorKind::Ambiguous)
            error.kind = sdk::ErrorKind::Transient;
        return error;
    }
    const sdk::HttpResponse& response = sent.value();
    if (auto failure = statusFailure(step, response)) return *failure;

    const std::string status = std::to_string(response.status);
    // The old token or code may be spent, whatever the answer that nobody can read says.
    const bool acted =
        succeeded(response.status) && (step == Step::Exchange || step == Step::Refresh);
    auto parsed = Json::parse(response.body);
    if (const auto* problem = std::get_if<JsonProblem>(&parsed)) {
        const bool refused = *problem == JsonProblem::Refused;
        const auto code = status + (refused ? "/unusable_json" : "/not_json");
        if (acted) return fail(sdk::ErrorKind::Ambiguous, step, code);
        const bool passing = !refused && (succeeded(response.status) || response.status == 403);
        return fail(passing ? sdk::ErrorKind::Transient : sdk::ErrorKind::Protocol, step, code);
    }
    Json body = std::get<Json>(std::move(parsed));
    if (!body.isObject())
        return fail(acted ? sdk::ErrorKind::Ambiguous : sdk::ErrorKind::Protocol, step,
                    status + "/no_object");
    if (const auto refusal = findRefusal(step, response, body)) return explain(*refusal);
    return body;
}

sdk::Result<sdk::Revocation> OAuth2Platform::callRevocation(sdk::HttpClient& http,
                                                            const sdk::HttpRequest& request) const {
    const auto sent = http.send(request);
    if (!sent) return sent.error();
    const sdk::HttpResponse& response = sent.value();
    if (auto failure = statusFailure(Step::Revoke, response)) return *failure;

    auto parsed = Json::parse(response.body);
    if (const auto* body = std::get_if<Json>(&parsed)) {
        const auto refusal = findRefusal(Step::Revoke, response, *body);
        if (!refusal) return sdk::Revocation::Done;
        auto error = explain(*refusal);
        if (error.kind == sdk::ErrorKind::InvalidGrant) return sdk::Revocation::AlreadyGone;
        return error;
    }
    const std::string status = std::to_string(response.status);
    if (!succeeded(response.status))
        return fail(response.status == 403 ? sdk::ErrorKind::Transient : sdk::ErrorKind::Protocol,
                    Step::Revoke, status + "/not_json");
    // RFC 7009 2.2 has the body ignored, but a page is what a gateway says, not a token endpoint.
    const auto first = response.body.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && response.body[first] == '<')
        return fail(sdk::ErrorKind::Ambiguous, Step::Revoke, status + "/not_json");
    return sdk::Revocation::Done;
}

}  // namespace postato::oauth2
