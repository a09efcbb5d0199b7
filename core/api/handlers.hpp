#pragma once

/// \file
/// The handlers that the route table names, by the file they stand in.

#include "http/message.hpp"

namespace postato::api {

class RequestContext;
struct Services;

// health_api.cpp
http::Response reportAlive(const RequestContext& context, Services& services);
http::Response showMetrics(const RequestContext& context, Services& services);
http::Response reportReady(const RequestContext& context, Services& services);

// pages_api.cpp
http::Response openDashboard(const RequestContext& context, Services& services);
http::Response serveFile(const RequestContext& context, Services& services);

// session_api.cpp
http::Response showSession(const RequestContext& context, Services& services);
http::Response signIn(const RequestContext& context, Services& services);
http::Response signInWithLink(const RequestContext& context, Services& services);
http::Response signOut(const RequestContext& context, Services& services);
http::Response changePassword(const RequestContext& context, Services& services);

// workspaces_api.cpp
http::Response listWorkspaces(const RequestContext& context, Services& services);

// platforms_api.cpp
http::Response listPlatforms(const RequestContext& context, Services& services);

// accounts_api.cpp
http::Response listAccounts(const RequestContext& context, Services& services);
http::Response showAccount(const RequestContext& context, Services& services);
http::Response disconnectAccount(const RequestContext& context, Services& services);
http::Response refreshAccount(const RequestContext& context, Services& services);

// account_health_api.cpp
http::Response showAccountHealth(const RequestContext& context, Services& services);

// account_events_api.cpp
http::Response listAccountEvents(const RequestContext& context, Services& services);

// connect_links_api.cpp
http::Response makeConnectLink(const RequestContext& context, Services& services);

// connect_start.cpp
http::Response offerConnection(const RequestContext& context, Services& services);
http::Response beginConnection(const RequestContext& context, Services& services);

// connect_callback.cpp
http::Response completeConnection(const RequestContext& context, Services& services);
http::Response showConnectResult(const RequestContext& context, Services& services);

// connect_choice.cpp
http::Response offerChoices(const RequestContext& context, Services& services);
http::Response takeChoice(const RequestContext& context, Services& services);

// connect_invitation.cpp
http::Response showInvitation(const RequestContext& context, Services& services);
http::Response acceptInvitation(const RequestContext& context, Services& services);

}  // namespace postato::api
