#include "platforms/meta.hpp"

#include <nlohmann/json.hpp>

#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

int subcodeOf(const std::optional<EndReason>& reason) {
    if (!reason) return 467;
    switch (*reason) {
        case EndReason::AppRemoved:
        case EndReason::RevokedByApp:
            return 458;
        case EndReason::Checkpoint:
            return 459;
        case EndReason::PasswordChanged:
            return 460;
        case EndReason::UnconfirmedUser:
            return 464;
        case EndReason::SessionInvalid:
            return 492;
        default:
            return 467;
    }
}

}  // namespace

Response graphError(int status, std::string_view message, int code, int subcode) {
    Json error = {{"message", message}, {"type", "OAuthException"}, {"code", code}};
    if (subcode != 0) error["error_subcode"] = subcode;
    error["fbtrace_id"] = "A" + randomText(22);
    return Response::json(status, {{"error", error}});
}

std::vector<SwitchDefinition> metaSwitches(std::int64_t short_token_seconds) {
    return {
        {"shortTokenSeconds", short_token_seconds, "Lifetime of the token the code gives."},
        {"shortTokenSurvives", true,
         "The short-lived token goes on working after it was exchanged."},
        {"wrongSecretCode", std::int64_t{101},
         "The Graph code of a call with a wrong client secret (1 or 101 have been seen)."},
        {"appUsagePercent", std::int64_t{28}, "What X-App-Usage says."},
        {"businessUsagePercent", std::int64_t{12},
         "What X-Business-Use-Case-Usage says; from 95 on with a time to wait."},
        {"revokeEndpoint", true, "DELETE /me/permissions works."},
    };
}

Response MetaPlatform::refusal(Refusal refusal, Endpoint) const {
    switch (refusal) {
        case Refusal::DeadGrant:
            return accessError({AccessProblem::Unknown});
        case Refusal::InvalidClient:
            return accessError({AccessProblem::AppDisabled});
        case Refusal::RateLimited:
            break;
    }
    return graphError(400, "(#4) Application request limit reached", 4)
        .with("X-App-Usage", R"({"call_count":100,"total_time":25,"total_cputime":25})");
}

Parameters MetaPlatform::denied(const Answer& answer,
                                const std::optional<std::string>& state) const {
    const auto error = answer.error.empty() ? "access_denied" : answer.error;
    Parameters out{{"error", error}};
    if (facts().id == "facebook") out.add("error_code", "200");
    if (error == "access_denied") out.add("error_reason", "user_denied");
    const auto* usual =
        facts().id == "facebook" ? "Permissions error" : "The user denied your request";
    out.add("error_description",
            answer.error_description.empty() ? usual : answer.error_description);
    if (state) out.add("state", *state);
    return out;
}

std::optional<std::string> MetaPlatform::presentedToken(const Request& request) {
    const auto in_query = request.query.find("access_token");
    return in_query ? in_query : request.bearer();
}

Response MetaPlatform::accessError(const AccessFailure& failure) const {
    switch (failure.problem) {
        case AccessProblem::AppDisabled:
            return graphError(400, "Error validating application. The app has been disabled.", 101);
        case AccessProblem::Missing:
            return graphError(400, "An access token is required to request this resource.", 104);
        case AccessProblem::Expired:
            return graphError(400, "Error validating access token: Session has expired.", 190, 463);
        case AccessProblem::Suspended:
            return graphError(400,
                              "Error validating access token: You cannot access the app till you "
                              "log in and follow the instructions given.",
                              190, 459);
        case AccessProblem::Ended:
            return graphError(400, "Error validating access token: The session is invalid.", 190,
                              subcodeOf(failure.reason));
        case AccessProblem::Unknown:
            break;
    }
    return graphError(400, "Invalid OAuth access token - Cannot parse access token", 190);
}

Response MetaPlatform::deletePermissions(const Request& request) {
    if (!switches().on("revokeEndpoint")) {
        return graphError(400, "Unsupported delete request.", 100, 33);
    }
    const auto checked = checkAccess(presentedToken(request));
    if (const auto* failure = std::get_if<AccessFailure>(&checked)) return accessError(*failure);
    const auto& grant = std::get<Access>(checked).grant;
    world_.forget(facts().id, grant.client_id, grant.person_id, EndReason::RevokedByApp);
    return Response::json(200, {{"success", true}});
}

Response MetaPlatform::wrongSecret() const {
    return graphError(400, "Error validating client secret.",
                      static_cast<int>(switches().number("wrongSecretCode")));
}

Json MetaPlatform::tokenBody(const Token& token) const {
    Json body = {{"access_token", token.value}, {"token_type", "bearer"}};
    if (token.expires_at) body["expires_in"] = secondsUntil(*token.expires_at, now());
    return body;
}

Response MetaPlatform::withUsage(Response response, const std::string& business_id) const {
    const auto app = switches().number("appUsagePercent");
    const auto business = switches().number("businessUsagePercent");
    const Json usage = {{"call_count", app}, {"total_time", 25}, {"total_cputime", 25}};
    const Json detail = {{"type", "instagram"},
                         {"call_count", business},
                         {"total_cputime", 20},
                         {"total_time", 20},
                         {"estimated_time_to_regain_access", business >= 95 ? 19 : 0}};
    return std::move(response)
        .with("X-App-Usage", dump(usage))
        .with("X-Business-Use-Case-Usage", dump({{business_id, Json::array({detail})}}));
}

Response MetaPlatform::fieldsOf(const Request& request, const Json& everything) const {
    Json body = Json::object();
    const auto asked = request.query.find("fields");
    for (const auto& field : split(asked.value_or("id"), ",")) {
        if (!everything.contains(field)) {
            return graphError(400, "(#100) Tried accessing nonexisting field (" + field + ")", 100);
        }
        if (!everything[field].is_null()) body[field] = everything[field];
    }
    return Response::json(200, dressed(std::move(body)));
}

std::string MetaPlatform::numericId(const Grant& grant) const {
    std::string digits = "26";
    for (const char c : appScopedId(grant, 15)) digits += static_cast<char>('0' + c % 10);
    return digits;
}

}  // namespace postato::sandbox
