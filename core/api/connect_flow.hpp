#pragma once

/// \file
/// What the steps of a connect share: the cookie that binds the flow to one browser, and where each
/// state of a connection leads.

#include <functional>
#include <optional>
#include <string>

#include "accounts/connection_service.hpp"
#include "api/request_context.hpp"

namespace postato::api {

struct Services;

/// Sets the cookie that binds the flow to this browser. It carries part of the connection's id in
/// its name, so that connects in several tabs do not disturb each other.
void bindBrowser(http::Response& response, const accounts::ConnectStarted& started);

/// What the browser's binding cookie for a connection holds.
std::optional<std::string> browserSecret(const http::Request& request,
                                         const ConnectionId& connection);

/// Whether the person of a session may (still) connect accounts in a workspace.
std::function<bool(const WorkspaceId&, const UserId&)> mayConnect(const RequestContext& context,
                                                                  Services& services);

/// Asks about a connection in the name of this browser and, where there is one, this session.
accounts::ConnectAsk askAbout(const ConnectionId& connection, const RequestContext& context,
                              Services& services);

/// The connection that a query or form names; nothing when it names none.
std::optional<ConnectionId> connectionOf(const http::QueryParameters& parameters);

/// The address of the page that says how a connection stands.
std::string resultPath(const accounts::ConnectResult& result);

/// Where the browser goes next; `resultPath` when there is nowhere better. Not for Refused.
std::string destination(const accounts::ConnectResult& result, const Services& services);

/// A redirect within a flow: kept by no cache, telling the next page nothing about this one.
http::Response redirectTo(const std::string& location, const Services& services);

/// Answers with where a result leads; with a page when it is Refused.
http::Response land(const accounts::ConnectResult& result, const RequestContext& context,
                    Services& services);

}  // namespace postato::api
