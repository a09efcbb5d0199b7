#include "graph.hpp"

#include <algorithm>
#include <stdexcept>

namespace postato::instagram {
namespace {

using oauth2::Json;
using oauth2::Refusal;
using oauth2::Step;
using sdk::ErrorKind;

bool endsWith(const std::string& text, const std::string& end) {
    return text.size() >= end.size() &&
           text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// The kinds of Graph errors by code alone; see the table in README.md.
ErrorKind kindOf(std::int64_t code) {
    switch (code) {
        case 190:
        case 102:
            return ErrorKind::InvalidGrant;
        case 10:
            return ErrorKind::ScopeMissing;
        case 101:
            return ErrorKind::Misconfigured;
        case 1:
        case 2:
            return ErrorKind::Transient;
        case 4:
        case 17:
        case 32:
        case 341:
        case 613:
        case 80002:
            return ErrorKind::RateLimited;
        default:
            return code >= 200 && code <= 299 ? ErrorKind::ScopeMissing : ErrorKind::Protocol;
    }
}

sdk::GrantEnd endOf(std::int64_t subcode) {
    if (subcode == 458) return sdk::GrantEnd::UserRevoked;
    if (subcode == 463) return sdk::GrantEnd::RefreshTokenExpired;
    return sdk::GrantEnd::Unknown;
}

}  // namespace

std::string option(const sdk::PlatformConfig& config, const std::string& key,
                   const std::string& otherwise) {
    const auto found = config.options.find(key);
    return found == config.options.end() || found->second.empty() ? otherwise : found->second;
}

std::string apiVersion(const sdk::PlatformConfig& config) {
    const std::string version = option(config, "api_version", "v25.0");
    const bool valid = version.size() >= 2 && version.size() <= 8 && version[0] == 'v' &&
                       std::all_of(version.begin() + 1, version.end(),
                                   [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
    if (!valid) throw std::invalid_argument("Instagram's api_version is not of the form v25.0");
    return version;
}

std::string baseAddress(const std::string& configured, const char* built_in) {
    std::string address = configured.empty() ? built_in : configured;
    while (!address.empty() && address.back() == '/') address.pop_back();
    return address;
}

sdk::CallbackOutcome GraphPlatform::parseCallback(const sdk::CallbackParameters& parameters) const {
    auto outcome = OAuth2Platform::parseCallback(parameters);
    if (outcome.kind == sdk::CallbackOutcome::Kind::Code) {
        std::string code(outcome.code.reveal());
        for (const char* suffix : {"#_=_", "#_"})
            if (endsWith(code, suffix)) code.resize(code.size() - std::string(suffix).size());
        outcome.code = sdk::Secret(code);
        if (code.empty()) outcome.kind = sdk::CallbackOutcome::Kind::Failed;
    } else if (outcome.error.empty()) {
        const std::string* error_code = oauth2::findParameter(parameters, "error_code");
        if (error_code != nullptr) outcome.error = sdk::safeCode(*error_code);
    }
    return outcome;
}

sdk::Result<sdk::Revocation> GraphPlatform::revoke(sdk::HttpClient& http,
                                                   const sdk::Credentials& credentials) const {
    if (credentials.access_token.empty()) return sdk::Revocation::AlreadyGone;
    auto request = bearerRequest(endpoints().revocation, credentials.access_token);
    request.method = "DELETE";
    return callRevocation(http, request);
}

std::optional<Refusal> GraphPlatform::findRefusal(Step step, const sdk::HttpResponse& response,
                                                  const Json& body) const {
    // The code endpoint has a flat form of its own: {"error_type", "code", "error_message"}.
    if (!body.get("error_type").isNull())
        return Refusal{step, "oauth_exception", body.get("error_message").text(), body, response};
    return OAuth2Platform::findRefusal(step, response, body);
}

sdk::PlatformError GraphPlatform::explain(const Refusal& refusal) const {
    const Json envelope = refusal.body.get("error");
    const auto code = envelope.get("code").integer();
    const auto subcode = envelope.get("error_subcode").integer().value_or(0);
    const std::string name =
        code ? std::to_string(*code) + (subcode ? "/" + std::to_string(subcode) : "")
             : oauth2::plainCode(refusal.error);
    const auto as = [&](ErrorKind kind) { return fail(kind, refusal.step, name); };

    if (oauth2::mentions(refusal.description,
                         {"client secret", "client_secret", "invalid platform app"}))
        return as(ErrorKind::Misconfigured);
    if (refusal.step == Step::Exchange &&
        oauth2::mentions(refusal.description, {"matching code was not found", "already used",
                                               "verification code", "authorization code"}))
        return as(ErrorKind::InvalidGrant);
    if (!code) return OAuth2Platform::explain(refusal);

    // Deleting permissions is not documented everywhere: should it vanish, nothing has failed.
    if (refusal.step == Step::Revoke && *code == 100) return as(ErrorKind::Unsupported);

    ErrorKind kind = kindOf(*code);
    if (kind == ErrorKind::Protocol && envelope.get("is_transient").isTrue())
        kind = ErrorKind::Transient;
    auto error = as(kind);
    if (kind == ErrorKind::RateLimited || kind == ErrorKind::Transient)
        error.retry_after = waitHint(refusal.response);
    if (kind == ErrorKind::InvalidGrant) {
        error.grant_end = endOf(subcode);
        if (subcode == 459) error.message += " Instagram wants the person to sign in there first.";
    }
    return error;
}

std::optional<std::chrono::seconds> GraphPlatform::waitHint(
    const sdk::HttpResponse& response) const {
    if (auto wait = OAuth2Platform::waitHint(response)) return wait;
    const auto* usage = sdk::findHeader(response.headers, "X-Business-Use-Case-Usage");
    if (usage == nullptr) return std::nullopt;
    const auto parsed = Json::parse(*usage);
    const auto* businesses = std::get_if<Json>(&parsed);
    if (businesses == nullptr) return std::nullopt;
    std::int64_t minutes = 0;
    for (std::size_t b = 0; b < businesses->size(); ++b) {
        const Json limits = businesses->at(b);
        for (std::size_t i = 0; i < limits.size(); ++i)
            minutes = std::max(
                minutes, limits.at(i).get("estimated_time_to_regain_access").integer().value_or(0));
    }
    if (minutes == 0) return std::nullopt;
    constexpr std::int64_t kDay = 24 * 60;
    return std::chrono::minutes(std::min(minutes, kDay));
}

sdk::Result<sdk::Credentials> GraphPlatform::readTokens(Step step, const Json& body) const {
    auto tokens = OAuth2Platform::readTokens(step, body);
    if (tokens) {
        tokens.value().refresh_token = sdk::Secret();
        tokens.value().access_token_refreshes_itself = true;
        tokens.value().earliest_refresh_after = std::chrono::hours(24);
    }
    return tokens;
}

}  // namespace postato::instagram
