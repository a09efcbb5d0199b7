#include "scripted_platform.hpp"

#include <algorithm>
#include <sstream>

namespace postato::accounts::testing {

using sdk::Credentials;
using sdk::Secret;

namespace {

const std::string kOrigin = "https://scripted.example";

sdk::HttpRequest requestTo(const std::string& path, std::string body) {
    sdk::HttpRequest request;
    request.method = "POST";
    request.url = kOrigin + path;
    request.body = std::move(body);
    return request;
}

/// "access-ada-1" of "refresh-ada-1".
std::string accessOf(const std::string& refresh_token) {
    return "access" + refresh_token.substr(refresh_token.find('-'));
}

/// "ada" of "refresh-ada-1".
std::string personOf(const std::string& token) {
    const auto first = token.find('-');
    return token.substr(first + 1, token.rfind('-') - first - 1);
}

/// The wire form: access token, refresh token, subject, scopes, in lines.
std::string textOf(const Credentials& credentials) {
    std::string text = std::string(credentials.access_token.reveal()) + "\n" +
                       std::string(credentials.refresh_token.reveal()) + "\n" +
                       credentials.subject + "\n";
    for (const auto& scope : credentials.scopes) text += scope + " ";
    return text;
}

sdk::HttpResponse refusal(const sdk::PlatformError& error) {
    return {400,
            {},
            std::to_string(static_cast<int>(error.kind)) + " " +
                std::to_string(static_cast<int>(error.grant_end))};
}

}  // namespace

ScriptedPlatform::ScriptedPlatform() {
    facts.display_name = "Scripted";
    facts.scopes = {{"read", "see your name", true}, {"write", "publish in your name", true}};
    facts.rotation = sdk::Rotation::Strict;
    facts.revocation_reach = sdk::RevocationReach::Token;
    facts.grant_family = "scripted";
    facts.refresh_lead = std::chrono::minutes(10);
}

std::string ScriptedPlatform::authorizationUrl(const sdk::AuthorizationRequest& request) const {
    return "https://scripted.example/authorize?state=" + request.state;
}

sdk::CallbackOutcome ScriptedPlatform::parseCallback(
    const sdk::CallbackParameters& parameters) const {
    sdk::CallbackOutcome outcome;
    for (const auto& [name, value] : parameters) {
        if (name == "code") {
            outcome.kind = sdk::CallbackOutcome::Kind::Code;
            outcome.code = Secret(value);
        } else if (name == "error") {
            outcome.kind = value == "access_denied" ? sdk::CallbackOutcome::Kind::Denied
                                                    : sdk::CallbackOutcome::Kind::Failed;
        }
    }
    return outcome;
}

Credentials ScriptedPlatform::consented(const std::string& person) const {
    const std::lock_guard lock(mutex_);
    const auto serial = std::to_string(++serial_);
    issued_.push_back("refresh-" + person + "-" + serial);
    Credentials credentials;
    credentials.access_token = Secret("access-" + person + "-" + serial);
    if (gives_refresh_tokens)
        credentials.refresh_token = Secret("refresh-" + person + "-" + serial);
    credentials.expires_in = lifetime;
    credentials.token_type = "Bearer";
    credentials.subject = person;
    if (grants) credentials.scopes = *grants;
    return credentials;
}

Credentials ScriptedPlatform::readTokens(const std::string& text) const {
    std::istringstream lines(text);
    std::string access, refresh, scope;
    Credentials credentials;
    std::getline(lines, access);
    std::getline(lines, refresh);
    std::getline(lines, credentials.subject);
    while (lines >> scope) credentials.scopes.push_back(scope);
    credentials.access_token = Secret(access);
    credentials.refresh_token = Secret(refresh);
    credentials.expires_in = lifetime;
    credentials.token_type = "Bearer";
    return credentials;
}

sdk::Result<Credentials> ScriptedPlatform::exchangeCode(sdk::HttpClient& http,
                                                        const sdk::CodeExchange& exchange) const {
    const auto answer = http.send(requestTo("/exchange", std::string(exchange.code.reveal())));
    if (!answer.ok()) return answer.error();
    return readTokens(answer.value().body);
}

sdk::Result<Credentials> ScriptedPlatform::refresh(sdk::HttpClient& http,
                                                   const Credentials& credentials) const {
    const auto answer =
        http.send(requestTo("/refresh", std::string(credentials.refresh_token.reveal())));
    if (!answer.ok()) return answer.error();
    if (answer.value().status == 200 && !reads) return errorOf(unreadable);
    if (answer.value().status == 200) return readTokens(answer.value().body);
    std::istringstream words(answer.value().body);
    int kind = 0, end = 0;
    words >> kind >> end;
    return errorOf(static_cast<sdk::ErrorKind>(kind), static_cast<sdk::GrantEnd>(end));
}

sdk::Result<sdk::HttpResponse> ScriptedPlatform::serve(const sdk::HttpRequest& request) const {
    if (request.url == kOrigin + "/exchange") {
        read([&] { return ++exchanges_; });
        return sdk::HttpResponse{200, {}, textOf(consented(request.body))};
    }
    const auto meanwhile = during_refresh;  // it may replace itself while it runs
    meanwhile();
    const std::lock_guard lock(mutex_);
    ++refreshes_;
    if (refresh_errors_.empty()) return rotate(request.body);
    const auto error = refresh_errors_.front();
    refresh_errors_.pop_front();
    using sdk::ErrorKind;
    if (error.kind == ErrorKind::Transient || error.kind == ErrorKind::Ambiguous) return error;
    return refusal(error);
}

sdk::HttpResponse ScriptedPlatform::rotate(const std::string& token) const {
    if (std::find(spent_.begin(), spent_.end(), token) != spent_.end()) {
        ++reuses_;
        return refusal(errorOf(sdk::ErrorKind::InvalidGrant));
    }
    if (isRevoked(token)) return refusal(errorOf(sdk::ErrorKind::InvalidGrant));
    const auto person = personOf(token);
    const auto serial = std::to_string(++serial_);
    Credentials fresh;
    fresh.access_token = Secret("access-" + person + "-" + serial);
    if (answers_refresh_token) {
        spent_.push_back(token);
        issued_.push_back("refresh-" + person + "-" + serial);
        fresh.refresh_token = Secret(issued_.back());
    }
    if (grants) fresh.scopes = *grants;
    return {200, {}, textOf(fresh)};
}

std::vector<std::string> ScriptedPlatform::livingPairs() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> living;
    for (const auto& token : issued_)
        if (std::find(spent_.begin(), spent_.end(), token) == spent_.end() && !isRevoked(token))
            living.push_back(accessOf(token));
    std::sort(living.begin(), living.end());
    return living;
}

/// Of a pair, the access token is revoked, and the refresh token with it.
bool ScriptedPlatform::isRevoked(const std::string& refresh_token) const {
    return std::find(revoked_.begin(), revoked_.end(), accessOf(refresh_token)) != revoked_.end();
}

sdk::Result<sdk::Revocation> ScriptedPlatform::revoke(sdk::HttpClient&,
                                                      const Credentials& credentials) const {
    const std::lock_guard lock(mutex_);
    if (!revoke_errors_.empty()) {
        auto error = revoke_errors_.front();
        revoke_errors_.pop_front();
        return error;
    }
    revoked_.emplace_back(credentials.access_token.reveal());
    return sdk::Revocation::Done;
}

sdk::Result<std::vector<sdk::Identity>> ScriptedPlatform::identify(
    sdk::HttpClient&, const Credentials& credentials) const {
    const auto& who = credentials.subject;
    if (who == "nobody") return errorOf(sdk::ErrorKind::NoPublishableAccount);
    std::vector<sdk::Identity> identities;
    for (const auto* suffix : {"", "-second"}) {
        if (*suffix != '\0' && who != "several") continue;
        sdk::Identity identity;
        identity.id = who + suffix;
        identity.username = "@" + identity.id;
        identities.push_back(identity);
    }
    return identities;
}

void ScriptedPlatform::nextRefresh(sdk::PlatformError error) const {
    read([&] { return refresh_errors_.emplace_back(std::move(error)).code.size(); });
}

void ScriptedPlatform::forgetErrors() const {
    const std::lock_guard lock(mutex_);
    refresh_errors_.clear();
    revoke_errors_.clear();
}

void ScriptedPlatform::nextRevoke(sdk::PlatformError error) const {
    read([&] { return revoke_errors_.emplace_back(std::move(error)).code.size(); });
}

sdk::PlatformError errorOf(sdk::ErrorKind kind, sdk::GrantEnd end) {
    sdk::PlatformError error;
    error.kind = kind;
    error.code = "scripted_" + std::to_string(static_cast<int>(kind));
    error.message = "Scripted failure";
    error.grant_end = end;
    return error;
}

}  // namespace postato::accounts::testing
