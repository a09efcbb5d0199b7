#include "api/routes.hpp"

#include <algorithm>
#include <iterator>

#include "api/handlers.hpp"
#include "api/permissions.hpp"
#include "http/routing.hpp"

namespace postato::api {
namespace {

using namespace permission;
using http::Lane;

// What may wait for a platform, or for its turn to hash a password, is kept off the fast lane.
// clang-format off
constexpr Route kRoutes[] = {
    {"GET",    "/live",                         Access::Public,      Lane::Fast,     kNone, reportAlive},
    {"GET",    "/ready",                        Access::Public,      Lane::Fast,     kNone, reportReady},
    {"GET",    "/metrics",                      Access::Public,      Lane::Fast,     kNone, showMetrics},

    {"GET",    "/",                             Access::Public,      Lane::Fast,     kNone, openDashboard},
    {"GET",    "/accounts",                     Access::Public,      Lane::Fast,     kNone, serveFile},
    {"GET",    "/settings",                     Access::Public,      Lane::Fast,     kNone, serveFile},
    {"GET",    "/sign-in",                      Access::Public,      Lane::Fast,     kNone, serveFile},
    {"GET",    "/sign-in/link",                 Access::Public,      Lane::Fast,     kNone, serveFile},
    {"GET",    "/assets/{file}",                Access::Public,      Lane::Fast,     kNone, serveFile},

    {"GET",    "/session",                      Access::Session,     Lane::Fast,     kNone, showSession},
    {"POST",   "/session",                      Access::SignIn,      Lane::Hashing,  kNone, signIn},
    {"POST",   "/session/link",                 Access::SignIn,      Lane::Fast,     kNone, signInWithLink},
    {"PUT",    "/session/password",             Access::Session,     Lane::Hashing,  kNone, changePassword},
    {"DELETE", "/session",                      Access::Session,     Lane::Fast,     kNone, signOut},

    {"GET",    "/connect/links/{secret}",       Access::State,       Lane::Fast,     kNone, showInvitation},
    {"POST",   "/connect/links/{secret}",       Access::State,       Lane::Fast,     kNone, acceptInvitation},
    {"GET",    "/connect/{platform}/start",     Access::SessionPage, Lane::Fast,     kNone, offerConnection},
    {"POST",   "/connect/{platform}/start",     Access::SessionForm, Lane::Fast,     kNone, beginConnection},
    {"GET",    "/connect/{platform}/callback",  Access::State,       Lane::Outbound, kNone, completeConnection},
    {"GET",    "/connect/{platform}/choose",    Access::State,       Lane::Fast,     kNone, offerChoices},
    {"POST",   "/connect/{platform}/choose",    Access::State,       Lane::Fast,     kNone, takeChoice},
    {"GET",    "/connect/{platform}/result",    Access::State,       Lane::Fast,     kNone, showConnectResult},

    {"GET",    "/v1/workspaces",                Access::Caller,      Lane::Fast,     kNone, listWorkspaces},
    {"GET",    "/v1/platforms",                 Access::Caller,      Lane::Fast,     kNone, listPlatforms},
    {"GET",    "/v1/workspaces/{workspaceId}/platforms",
               Access::Caller, Lane::Fast,     kAccountsRead,       listPlatforms},
    {"POST",   "/v1/workspaces/{workspaceId}/connect-links",
               Access::Caller, Lane::Fast,     kAccountsConnect,    makeConnectLink},
    {"GET",    "/v1/workspaces/{workspaceId}/accounts",
               Access::Caller, Lane::Fast,     kAccountsRead,       listAccounts},
    {"GET",    "/v1/workspaces/{workspaceId}/accounts/{accountId}",
               Access::Caller, Lane::Fast,     kAccountsRead,       showAccount},
    {"DELETE", "/v1/workspaces/{workspaceId}/accounts/{accountId}",
               Access::Caller, Lane::Fast,     kAccountsDisconnect, disconnectAccount},
    {"POST",   "/v1/workspaces/{workspaceId}/accounts/{accountId}/refresh",
               Access::Caller, Lane::Outbound, kAccountsRefresh,    refreshAccount},
    {"GET",    "/v1/workspaces/{workspaceId}/accounts/{accountId}/health",
               Access::Caller, Lane::Outbound, kAccountsRead,       showAccountHealth},
    {"GET",    "/v1/workspaces/{workspaceId}/accounts/{accountId}/events",
               Access::Caller, Lane::Fast,     kAccountsRead,       listAccountEvents},
};
// clang-format on

// A route into a workspace says which permission it takes, and no other route can.
constexpr bool namesWorkspace(const Route& route) {
    return route.pattern.find("/{workspaceId}") != std::string_view::npos;
}
static_assert(std::all_of(std::begin(kRoutes), std::end(kRoutes), [](const Route& route) {
    return http::isRoutePattern(route.pattern) && namesWorkspace(route) != route.permission.empty();
}));

}  // namespace

std::span<const Route> routes() { return kRoutes; }

}  // namespace postato::api
