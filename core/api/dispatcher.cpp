#include "api/dispatcher.hpp"

#include <typeinfo>

#include "api/connect_pages.hpp"
#include "api/cross_site.hpp"
#include "api/routes.hpp"
#include "api/services.hpp"
#include "api/targets.hpp"
#include "http/error_response.hpp"

namespace postato::api {
namespace {

using http::Request;
using http::Response;
using http::RouteMatch;

Error internalError(const std::string& detail) {
    return Error(ErrorCode::Internal, PublicMessage{"An internal error occurred"},
                 InternalDetail{detail});
}

/// A page that was opened to act cannot be asked for without acting.
bool servesHead(const Route& route) { return !isPage(route.access); }

/// Pages and assets chose theirs; whatever did not gets the strictest.
bool hasHeadersOfItsKind(const Response& response) {
    return response.header("content-security-policy") != nullptr ||
           response.header("cross-origin-resource-policy") != nullptr;
}

}  // namespace

Dispatcher::Dispatcher(Services& services)
    : services_(services),
      matcher_(routes()),
      authenticator_(services),
      gate_(services.database),
      public_origin_(originOf(services.options.public_url).value_or("")) {}

Response Dispatcher::dispatch(const Request& request) {
    const auto match = matcher_.match(request.method, request.path);
    Response response;
    if (match.status == 200) {
        const Route& route = routes()[match.index];
        response = answer(route, match, request);
        response.route_template = route.pattern;
    } else {
        response = unmatched(match, request);
    }
    if (!hasHeadersOfItsKind(response)) services_.securityHeaders().applyToApi(response);
    return response;
}

Response Dispatcher::answer(const Route& route, const RouteMatch& match, const Request& request) {
    try {
        if (request.method == "HEAD" && !servesHead(route)) {
            auto response = http::statusResponse(405, request.id);
            response.setHeader("allow", "GET");
            return response;
        }
        const Principal principal = authenticator_.authenticate(route.access, request);
        if (isUnsafe(request.method)) {
            if (!acceptsBody(route, request)) return http::statusResponse(415, request.id);
            refuseCrossSite(route, request, principal, public_origin_);
        }
        const RequestContext context = enterWorkspace(principal, route, match, request);
        return route.handler(context, services_);
    } catch (const Error& error) {
        return failed(route, request, error);
    } catch (const std::exception& error) {
        // The text of a foreign exception may quote what it choked on; its type does not.
        return failed(route, request, internalError(typeid(error).name()));
    } catch (...) {
        return failed(route, request, internalError("something that is no exception was thrown"));
    }
}

RequestContext Dispatcher::enterWorkspace(const Principal& principal, const Route& route,
                                          const RouteMatch& match, const Request& request) const {
    const auto* workspace = match.parameter("workspaceId");
    if (workspace == nullptr) return RequestContext(request, match, principal, std::nullopt);
    auto entry = gate_.enter(principal, *workspace);
    entry.grants.require(route.permission);
    return RequestContext(request, match, principal, std::move(entry));
}

Response Dispatcher::failed(const Route& route, const Request& request, const Error& error) const {
    const int status = http::errorRow(error.code()).status;
    if (status >= 500)
        services_.log.error(
            "request.failed",
            {{"requestId", request.id},
             {"route", route.pattern},
             {"status", status},
             {"detail", error.detail().empty() ? error.message() : error.detail()}});
    const bool for_person = isPage(route.access) || (route.access == Access::SessionForm &&
                                                     mediaType(request) == kFormType);
    if (!for_person || request.header("authorization") != nullptr)
        return http::toResponse(error, request.id);
    if (error.code() == ErrorCode::Unauthenticated) {
        auto response = Response::redirect("/sign-in");
        services_.securityHeaders().applyToPage(response);
        return response;
    }
    return failurePage(services_, status);
}

Response Dispatcher::unmatched(const RouteMatch& match, const Request& request) const {
    auto response = http::statusResponse(match.status, request.id);
    if (!match.allow.empty()) response.setHeader("allow", match.allow);
    return response;
}

std::optional<Response> Dispatcher::answerInline(const Request& request) {
    if (request.path != "/live") return std::nullopt;
    return dispatch(request);
}

http::Placement Dispatcher::place(std::string_view method, std::string_view path) const {
    const auto match = matcher_.match(method, path);
    if (match.status != 200) return {};
    const Route& route = routes()[match.index];
    const auto* platform = match.parameter("platform");
    return {route.lane, platform != nullptr ? *platform : std::string(route.pattern)};
}

}  // namespace postato::api
