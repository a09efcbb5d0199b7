#include "platforms/platform.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "pages/pages.hpp"
#include "platforms/redirect.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

bool isGraphVersion(std::string_view segment) {
    if (segment.size() < 4 || segment.front() != 'v' || segment.back() == '.') return false;
    const auto digits_and_dot = segment.substr(1);
    return digits_and_dot.front() != '.' &&
           std::count(digits_and_dot.begin(), digits_and_dot.end(), '.') == 1 &&
           std::all_of(digits_and_dot.begin(), digits_and_dot.end(),
                       [](unsigned char c) { return std::isdigit(c) != 0 || c == '.'; });
}

/// Both begin with a slash; a trailing slash counts.
bool matches(std::string_view pattern, std::string_view path) {
    while (!pattern.empty() && !path.empty()) {
        if (pattern.front() != '/' || path.front() != '/') return false;
        pattern.remove_prefix(1);
        path.remove_prefix(1);
        const auto wanted = pattern.substr(0, pattern.find('/'));
        const auto given = path.substr(0, path.find('/'));
        const bool fits = wanted == "*"    ? !given.empty()
                          : wanted == "v*" ? isGraphVersion(given)
                                           : wanted == given;
        if (!fits) return false;
        pattern.remove_prefix(wanted.size());
        path.remove_prefix(given.size());
    }
    return pattern.empty() && path.empty();
}

}  // namespace

const Platform::Route* Platform::route(std::string_view method, std::string_view path,
                                       std::string& allowed) const {
    allowed.clear();
    for (const auto& route : routes_) {
        if (!matches(route.path, path)) continue;
        if (route.method == method) return &route;
        allowed += (allowed.empty() ? "" : ", ") + route.method;
    }
    return nullptr;
}

Endpoint Platform::endpointOf(const Route& route, const Request& request) const {
    const bool refresh =
        route.endpoint == Endpoint::Token && request.form.get("grant_type") == "refresh_token";
    return refresh ? Endpoint::Refresh : route.endpoint;
}

Parameters Platform::approved(const Code& code, const std::optional<std::string>& state) const {
    Parameters out{{"code", code.value}};
    if (state) out.add("state", *state);
    return out;
}

Parameters Platform::denied(const Answer& answer, const std::optional<std::string>& state) const {
    Parameters out{{"error", answer.error.empty() ? "access_denied" : answer.error}};
    if (!answer.error_description.empty()) out.add("error_description", answer.error_description);
    if (state) out.add("state", *state);
    return out;
}

std::optional<Response> Platform::turnAway(const Person& person,
                                           const AuthorizationRequest&) const {
    if (!person.suspended) return std::nullopt;
    return Response::html(
        403, errorPage(facts_, "This account is suspended", person.name + " cannot sign in."));
}

void Platform::beforeCode(Code&, const AuthorizationRequest&, const Consent*) {}

std::optional<Response> Platform::readAuthorization(const Request& request,
                                                    const AuthorizationStyle& style,
                                                    AuthorizationRequest& out) const {
    const auto refuse = [this](std::string_view title, const std::string& detail) {
        return Response::html(400, errorPage(facts_, title, detail));
    };
    const auto& query = request.query;
    if (request.malformed) return refuse("Bad request", "The query has a broken escape.");
    if (const auto name = query.repeated()) {
        return refuse("invalid_request", "The parameter " + *name + " stands there twice.");
    }
    out.client_id = query.get(style.client_parameter);
    const auto* app = client(out.client_id);
    if (!app) return unknownClientPage();
    if (app->disabled) return refuse("App disabled", "This app has been switched off.");

    out.redirect_uri = query.get("redirect_uri");
    if (!acceptsRedirect(*app, out.redirect_uri, facts_.redirect_policy,
                         switches().on("strictRedirect"))) {
        return refuse("redirect_uri_mismatch",
                      "The redirect URI " + out.redirect_uri + " is not registered for this app.");
    }
    const auto response_type = query.find("response_type");
    if (response_type ? *response_type != "code" : !style.response_type_optional) {
        return refuse("unsupported_response_type", "response_type must be code.");
    }
    out.state = query.find("state");
    out.challenge = query.get("code_challenge");
    out.challenge_method = query.get("code_challenge_method");
    return std::nullopt;
}

Response Platform::unknownClientPage() const {
    return Response::html(
        400, errorPage(facts_, "Unknown app", "No app with this client id is registered."));
}

std::vector<std::string> Platform::unknownScopes(const std::vector<std::string>& scopes) const {
    std::vector<std::string> out;
    for (const auto& scope : scopes) {
        if (!facts_.knowsScope(scope)) out.push_back(scope);
    }
    return out;
}

Response Platform::redirectError(const AuthorizationRequest& request, std::string error,
                                 std::string description) const {
    Answer answer;
    answer.error = std::move(error);
    answer.error_description = std::move(description);
    return Response::redirect(
        302,
        withParameters(request.redirect_uri, denied(answer, request.state), redirectFragment()));
}

std::optional<std::string> Platform::formProblem(const Request& request) const {
    if (request.malformed) return "The body has a broken escape.";
    if (!request.form_sent || request.mediaType() != "application/x-www-form-urlencoded") {
        return "The content type must be application/x-www-form-urlencoded.";
    }
    if (const auto name = request.form.repeated()) return "Repeated parameter " + *name + ".";
    return std::nullopt;
}

Json Platform::dressed(Json body) const {
    if (switches().on("extraFields")) {
        body["sandbox_extra"] = {{"note", "clients ignore fields they do not know"}};
    }
    if (!switches().on("reverseFields")) return body;
    std::vector<std::string> names;
    for (const auto& item : body.items()) names.push_back(item.key());
    Json reversed = Json::object();
    for (auto name = names.rbegin(); name != names.rend(); ++name) reversed[*name] = body[*name];
    return reversed;
}

Json Platform::shaped(Json body) const {
    for (const auto& name : switches().list("omitFields")) body.erase(name);
    if (switches().on("expiresInAsString")) {
        for (auto& item : body.items()) {
            if (item.key().ends_with("expires_in") && item.value().is_number()) {
                item.value() = std::to_string(item.value().get<std::int64_t>());
            }
        }
    }
    return dressed(std::move(body));
}

std::string Platform::appScopedId(const Grant& grant, std::size_t length) const {
    return sha256Hex(facts_.id + ' ' + grant.client_id + ' ' + grant.person_id).substr(0, length);
}

std::string Platform::randomCode() { return randomText(48); }

std::int64_t secondsUntil(Millis then, Millis now) {
    return std::max<std::int64_t>(0, (then - now) / 1000);
}

}  // namespace postato::sandbox
