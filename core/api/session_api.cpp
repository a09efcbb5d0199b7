#include <nlohmann/json.hpp>

#include "accounts/sign_in_service.hpp"
#include "api/authentication.hpp"
#include "api/body_reader.hpp"
#include "api/handlers.hpp"
#include "api/reachable_workspaces.hpp"
#include "api/request_context.hpp"
#include "api/services.hpp"
#include "http/cookies.hpp"

namespace postato::api {
namespace {

using http::Response;

nlohmann::json sessionJson(const DashboardCaller& person, Services& services) {
    auto workspaces = nlohmann::json::array();
    for (const auto& summary : reachableWorkspaces(services.database, Principal(person)))
        workspaces.push_back({{"id", summary.workspace.id.str()},
                              {"name", summary.workspace.name},
                              {"role", summary.role.value_or("")}});
    return {{"user",
             {{"id", person.user.id.str()},
              {"email", person.user.email},
              {"tenantRole", person.user.tenant_role},
              {"hasPassword", person.user.password_hash.has_value()}}},
            {"csrfToken", person.csrf_token},
            {"workspaces", std::move(workspaces)}};
}

std::string csrfTokenOf(const accounts::NewSession& session) {
    return accounts::SignInService::csrfToken(std::string(session.token.reveal()));
}

void setSessionCookie(Response& response, const accounts::NewSession& session, TimePoint now) {
    response.addHeader(
        "set-cookie",
        http::setCookie(kSessionCookie, session.token.reveal(),
                        std::chrono::ceil<std::chrono::seconds>(session.expires_at - now)));
}

/// Answers with the new session, and ends the one that this browser had before.
Response opened(const accounts::NewSession& session, const RequestContext& context,
                Services& services) {
    if (const auto old = http::cookie(context.request().header("cookie"), kSessionCookie))
        if (const auto before = services.sign_in.current(*old))
            services.sign_in.signOut(*before, context.request().client_network);
    const DashboardCaller person{session.user, "", csrfTokenOf(session)};
    auto response = Response::json(200, sessionJson(person, services));
    setSessionCookie(response, session, services.clock.now());
    return response;
}

}  // namespace

Response showSession(const RequestContext& context, Services& services) {
    return Response::json(200, sessionJson(*context.principal().person(), services));
}

Response signIn(const RequestContext& context, Services& services) {
    BodyReader body(context.request());
    const auto email = body.text("email", 254);
    const auto password = body.secret("password");
    body.finish();
    return opened(services.sign_in.withPassword(email, password, context.request().client_network),
                  context, services);
}

Response signInWithLink(const RequestContext& context, Services& services) {
    BodyReader body(context.request());
    const auto secret = body.text("secret");
    body.finish();
    return opened(services.sign_in.withLink(secret, context.request().client_network), context,
                  services);
}

Response signOut(const RequestContext& context, Services& services) {
    const auto* person = context.principal().person();
    services.sign_in.signOut({person->user, person->session_hash},
                             context.request().client_network);
    auto response = Response::empty();
    response.addHeader("set-cookie", http::clearCookie(kSessionCookie));
    return response;
}

Response changePassword(const RequestContext& context, Services& services) {
    BodyReader body(context.request());
    const auto current = body.optionalSecret("currentPassword");
    const auto fresh = body.secret("newPassword");
    body.finish();
    const auto* person = context.principal().person();
    const auto session = services.sign_in.setPassword(
        {person->user, person->session_hash}, context.request().client_network, current, fresh);
    auto response = Response::empty();
    setSessionCookie(response, session, services.clock.now());
    response.setHeader("x-csrf-token", csrfTokenOf(session));
    return response;
}

}  // namespace postato::api
