#include "accounts/connect_link_service.hpp"
#include "api/authorization_origin.hpp"
#include "api/connect_flow.hpp"
#include "api/connect_pages.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"

namespace postato::api {

using http::Response;

Response showInvitation(const RequestContext& context, Services& services) {
    const auto& secret = context.pathParameter("secret");
    const auto invitation = services.connect_links.look(secret);
    if (invitation.state != accounts::ConnectInvitation::State::Open)
        return closedInvitationPage(services, invitation.state);
    const auto& platform = services.platforms.require(invitation.platform);
    return invitationPage(services, secret, invitation, authorizationOrigin(platform));
}

Response acceptInvitation(const RequestContext& context, Services& services) {
    const auto& secret = context.pathParameter("secret");
    const auto started = services.connect_links.accept(secret, context.request().client_network);
    if (!started) return closedInvitationPage(services, services.connect_links.look(secret).state);
    auto response = redirectTo(started->authorization_url, services);
    bindBrowser(response, *started);
    return response;
}

}  // namespace postato::api
