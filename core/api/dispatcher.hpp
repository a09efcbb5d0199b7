#pragma once

/// \file
/// The life of a request, from the route table to the answer.

#include <optional>
#include <string>
#include <string_view>

#include "api/authentication.hpp"
#include "api/request_context.hpp"
#include "api/route.hpp"
#include "api/workspace_gate.hpp"
#include "http/routing.hpp"

namespace postato::api {

/// Thread-safe. The services must outlive it.
class Dispatcher {
public:
    explicit Dispatcher(Services& services);

    /// Never throws: every failure is an answer, as a page where people look at it and as the JSON
    /// envelope everywhere else.
    http::Response dispatch(const http::Request& request);

    /// For the event loop: `/live`, which must answer while all workers are busy.
    std::optional<http::Response> answerInline(const http::Request& request);

    /// Requests that wait for one platform are one group, where the path names it.
    http::Placement place(std::string_view method, std::string_view path) const;

private:
    http::Response unmatched(const http::RouteMatch& match, const http::Request& request) const;
    http::Response answer(const Route& route, const http::RouteMatch& match,
                          const http::Request& request);
    RequestContext enterWorkspace(const Principal& principal, const Route& route,
                                  const http::RouteMatch& match,
                                  const http::Request& request) const;
    http::Response failed(const Route& route, const http::Request& request,
                          const Error& error) const;

    Services& services_;
    http::RouteMatcher matcher_;
    Authenticator authenticator_;
    WorkspaceGate gate_;
    std::string public_origin_;
};

}  // namespace postato::api
