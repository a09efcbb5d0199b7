#include "api/connect_flow.hpp"

#include "api/connect_pages.hpp"
#include "api/permissions.hpp"
#include "api/services.hpp"
#include "api/targets.hpp"
#include "http/cookies.hpp"

namespace postato::api {
namespace {

using State = accounts::ConnectResult::State;

// Ten minutes to consent, ten to choose, and some slack: the server's own clock decides.
constexpr std::chrono::minutes kCookieLifetime{25};
// Going back or reloading shows the same result for a while; then the cookie is gone.
constexpr std::chrono::seconds kFinishedCookieLifetime{120};

std::string cookieName(const ConnectionId& connection) {
    return "pc_" + connection.str().substr(connection.str().size() - 8);
}

bool finished(State state) {
    return state == State::Connected || state == State::Denied || state == State::Failed;
}

const char* statusWord(State state) {
    if (state == State::Connected) return "connected";
    return state == State::Denied ? "denied" : "failed";
}

std::string pathOf(const accounts::ConnectResult& result, const char* step) {
    return "/connect/" + result.platform + "/" + step +
           "?connection=" + (result.connection ? result.connection->str() : "");
}

std::string backToApplication(const accounts::ConnectResult& result) {
    QueryPairs pairs = {{"status", statusWord(result.state)}};
    for (const auto& account : result.account_ids) pairs.emplace_back("accountId", account);
    if (result.state != State::Connected) pairs.emplace_back("code", result.code);
    return withQuery(*result.return_to, pairs);
}

std::string backToDashboard(const accounts::ConnectResult& result) {
    std::string connected;
    for (const auto& account : result.account_ids)
        connected += (connected.empty() ? "" : ",") + account;
    QueryPairs pairs;
    if (result.workspace) pairs.emplace_back("workspace", result.workspace->str());
    pairs.emplace_back("connected", connected);
    return withQuery(returnPath(result.return_to.value_or("")).value_or("/accounts"), pairs);
}

}  // namespace

void bindBrowser(http::Response& response, const accounts::ConnectStarted& started) {
    response.addHeader("set-cookie",
                       http::setCookie(cookieName(started.connection),
                                       started.browser_secret.reveal(), kCookieLifetime));
}

std::optional<std::string> browserSecret(const http::Request& request,
                                         const ConnectionId& connection) {
    return http::cookie(request.header("cookie"), cookieName(connection));
}

std::function<bool(const WorkspaceId&, const UserId&)> mayConnect(const RequestContext& context,
                                                                  Services& services) {
    return [&principal = context.principal(), &services](const WorkspaceId& workspace,
                                                         const UserId& user) {
        const auto* person = principal.person();
        if (person == nullptr || person->user.id != user) return false;
        const auto entry = WorkspaceGate(services.database).tryEnter(principal, workspace);
        return entry && entry->grants.has(permission::kAccountsConnect);
    };
}

accounts::ConnectAsk askAbout(const ConnectionId& connection, const RequestContext& context,
                              Services& services) {
    return {connection, context.pathParameter("platform"),
            browserSecret(context.request(), connection), context.principal().signedIn(),
            mayConnect(context, services)};
}

std::optional<ConnectionId> connectionOf(const http::QueryParameters& parameters) {
    const auto* text = parameters.unique("connection");
    return text == nullptr ? std::nullopt : ConnectionId::parse(*text);
}

std::string resultPath(const accounts::ConnectResult& result) { return pathOf(result, "result"); }

std::string destination(const accounts::ConnectResult& result, const Services& services) {
    if (result.state == State::Choosing) return pathOf(result, "choose");
    if (!finished(result.state)) return resultPath(result);
    if (!result.from_link)
        return result.state == State::Connected ? backToDashboard(result) : resultPath(result);
    // Asked again, since the operator may have withdrawn the origin meanwhile.
    const auto& options = services.options;
    const bool may_return = result.return_to && isReturnUrl(*result.return_to, options.public_url,
                                                            options.return_origins);
    return may_return ? backToApplication(result) : resultPath(result);
}

http::Response redirectTo(const std::string& location, const Services& services) {
    auto response = http::Response::redirect(location);
    services.securityHeaders().applyToPage(response);
    return response;
}

http::Response land(const accounts::ConnectResult& result, const RequestContext& context,
                    Services& services) {
    if (result.state == State::Refused)
        return refusedPage(services, context.pathParameter("platform"), result.code);
    auto response = redirectTo(destination(result, services), services);
    if (finished(result.state) && result.connection)
        if (const auto secret = browserSecret(context.request(), *result.connection))
            response.addHeader("set-cookie", http::setCookie(cookieName(*result.connection),
                                                             *secret, kFinishedCookieLifetime));
    return response;
}

}  // namespace postato::api
